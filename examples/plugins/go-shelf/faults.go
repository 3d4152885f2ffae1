package main

import (
	"context"
	"errors"
	"io/fs"
	"syscall"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"go-shelf/contract/kinds"
)

// fault gives an error the code that says best what happened. What has a code keeps it.
func fault(err error) error {
	if _, ok := status.FromError(err); ok {
		return err
	}
	return status.Error(codeOf(err), err.Error())
}

func codeOf(err error) codes.Code {
	switch {
	case errors.Is(err, context.Canceled):
		return codes.Canceled
	case errors.Is(err, context.DeadlineExceeded):
		return codes.DeadlineExceeded
	case errors.Is(err, syscall.ENOSPC), errors.Is(err, syscall.EDQUOT), errors.Is(err, syscall.EFBIG):
		return codes.ResourceExhausted
	case errors.Is(err, syscall.ENOTDIR), errors.Is(err, syscall.EISDIR), errors.Is(err, syscall.ENAMETOOLONG):
		return codes.InvalidArgument
	case errors.Is(err, fs.ErrPermission), errors.Is(err, syscall.EROFS):
		return codes.PermissionDenied
	case errors.Is(err, fs.ErrNotExist):
		return codes.NotFound
	default:
		return codes.Internal
	}
}

// givenUp is the end of an upload that was not committed. The protocol has no number for CANCELLED, so a detail names it.
func givenUp() error {
	plain := status.New(codes.Canceled, "the upload ended before all was sent; nothing was kept")
	detailed, err := plain.WithDetails(&kinds.Fault{ErrorCode: "CANCELLED"})
	if err != nil {
		return plain.Err()
	}
	return detailed.Err()
}
