package main

import (
	"context"
	"errors"
	"io"

	"github.com/containerd/ttrpc"

	"go-shelf/contract/kinds"
)

const (
	repositoryService = "millrace.v1.plugin.ArtifactRepository"
	longestPiece      = 1 << 20
)

// repository carries the operations of the kind to the shelf that each call is for. Operations that are not
// registered are answered UNIMPLEMENTED by the library: those of the capabilities that this plugin does not have.
type repository struct{ open *instances }

func (r *repository) service() *ttrpc.ServiceDesc {
	return &ttrpc.ServiceDesc{
		Methods: map[string]ttrpc.Method{"List": r.list, "Remove": r.remove},
		Streams: map[string]ttrpc.Stream{
			"Read":  {Handler: r.read, StreamingServer: true},
			"Write": {Handler: r.write, StreamingClient: true},
		},
	}
}

func (r *repository) list(ctx context.Context, unmarshal unmarshaler) (interface{}, error) {
	shelf, done, err := r.open.use(ctx)
	if err != nil {
		return nil, err
	}
	defer done()
	var request kinds.ArtifactPath
	if err := unmarshal(&request); err != nil {
		return nil, err
	}
	files, err := shelf.list(request.Path)
	if err != nil {
		return nil, fault(err)
	}
	return &kinds.ArtifactListing{Files: files}, nil
}

func (r *repository) remove(ctx context.Context, unmarshal unmarshaler) (interface{}, error) {
	shelf, done, err := r.open.use(ctx)
	if err != nil {
		return nil, err
	}
	defer done()
	var request kinds.ArtifactPath
	if err := unmarshal(&request); err != nil {
		return nil, err
	}
	if err := shelf.remove(request.Path); err != nil {
		return nil, fault(err)
	}
	return &kinds.ArtifactRemoved{}, nil
}

// read sends the file in pieces. When the host gives the download up it closes the connection, and sending fails.
func (r *repository) read(ctx context.Context, stream ttrpc.StreamServer) (interface{}, error) {
	shelf, done, err := r.open.use(ctx)
	if err != nil {
		return nil, err
	}
	defer done()
	var request kinds.ArtifactRead
	if err := stream.RecvMsg(&request); err != nil {
		return nil, err
	}
	file, size, err := shelf.open(request.Path)
	if err != nil {
		return nil, fault(err)
	}
	defer file.Close()
	if _, err := file.Seek(request.Offset, io.SeekStart); err != nil {
		return nil, fault(err)
	}
	piece := &kinds.ArtifactPiece{}
	part := io.Reader(file)
	if request.Length > 0 {
		part = io.LimitReader(file, request.Length)
	} else if request.Offset == 0 {
		piece.FileSize = &size
	}
	return nil, send(part, piece, stream)
}

// send puts the first bytes into `piece`, which may say something beside; it goes out for an empty file too.
func send(content io.Reader, piece *kinds.ArtifactPiece, stream ttrpc.StreamServer) error {
	buffer := make([]byte, longestPiece)
	for {
		count, err := io.ReadFull(content, buffer)
		if count > 0 || piece.FileSize != nil {
			piece.Data = buffer[:count]
			if err := stream.SendMsg(piece); err != nil {
				return err
			}
			piece = &kinds.ArtifactPiece{}
		}
		if err == io.EOF || err == io.ErrUnexpectedEOF {
			return nil
		}
		if err != nil {
			return fault(err)
		}
	}
}

// write keeps the file when the message with `commit` has come, and nothing when the stream ends in another way. The
// answer waits for the end of the stream even when all is lost: this version of the library panics when more data come.
func (r *repository) write(ctx context.Context, stream ttrpc.StreamServer) (interface{}, error) {
	err := r.take(ctx, stream)
	drain(stream)
	if err != nil {
		return nil, fault(err)
	}
	return &kinds.ArtifactWritten{}, nil
}

func (r *repository) take(ctx context.Context, stream ttrpc.StreamServer) error {
	shelf, done, err := r.open.use(ctx)
	if err != nil {
		return err
	}
	defer done()
	message, err := receive(stream)
	if err != nil {
		return err
	}
	upload, err := shelf.begin(message.Path)
	if err != nil {
		return err
	}
	defer upload.discard()
	for {
		if _, err := upload.file.Write(message.Data); err != nil {
			return err
		}
		if message.Commit {
			return upload.keep()
		}
		if message, err = receive(stream); err != nil {
			return err
		}
	}
}

func receive(stream ttrpc.StreamServer) (*kinds.ArtifactWrite, error) {
	message := &kinds.ArtifactWrite{}
	err := stream.RecvMsg(message)
	if errors.Is(err, io.EOF) || errors.Is(err, context.Canceled) {
		return nil, givenUp()
	}
	return message, err
}

func drain(stream ttrpc.StreamServer) {
	for stream.RecvMsg(&kinds.ArtifactWrite{}) == nil {
	}
}
