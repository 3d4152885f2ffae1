package main

import (
	"context"
	"errors"
	"io"
	"net"
	"path/filepath"
	"strconv"
	"testing"

	"github.com/containerd/ttrpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"

	"go-shelf/contract/kinds"
)

// host talks to the plugin as Millrace does: calls on one connection, each stream on one of its own.
type host struct {
	t        *testing.T
	socket   string
	calls    *ttrpc.Client
	instance int64
}

// start serves the plugin within the test and opens a shelf in a new folder, which it returns.
func start(t *testing.T) (*host, string) {
	socket := filepath.Join(t.TempDir(), "s")
	listener, err := net.Listen("unix", socket)
	must(t, err)
	server, err := newServer()
	must(t, err)
	go func() { _ = server.Serve(context.Background(), listener) }()
	t.Cleanup(func() { _ = server.Close() })
	h := &host{t: t, socket: socket}
	h.calls = h.connect()
	folder := t.TempDir()
	h.instance = h.open("go-shelf:" + folder)
	return h, folder
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func wantCode(t *testing.T, err error, code codes.Code) {
	t.Helper()
	if status.Code(err) != code {
		t.Fatalf("expected %v, got %v", code, err)
	}
}

func (h *host) connect() *ttrpc.Client {
	h.t.Helper()
	connection, err := net.Dial("unix", h.socket)
	must(h.t, err)
	client := ttrpc.NewClient(connection)
	h.t.Cleanup(func() { _ = client.Close() })
	return client
}

func (h *host) open(uri string) int64 {
	h.t.Helper()
	var opened kinds.OpenedInstance
	must(h.t, h.control("Open", &kinds.OpenRequest{Kind: kind, Name: scheme, Uri: uri}, &opened))
	return opened.Instance
}

func (h *host) control(method string, request, answer proto.Message) error {
	return h.calls.Call(context.Background(), controlService, method, request, answer)
}

func (h *host) call(method string, request, answer proto.Message) error {
	metadata := ttrpc.MD{}
	metadata.Set("millrace-instance", strconv.FormatInt(h.instance, 10))
	return h.calls.Call(ttrpc.WithMetadata(context.Background(), metadata), repositoryService, method, request, answer)
}

// names are the listed paths, folders with a slash behind them.
func (h *host) names(path string) (names []string) {
	h.t.Helper()
	var listing kinds.ArtifactListing
	must(h.t, h.call("List", &kinds.ArtifactPath{Path: path}, &listing))
	for _, file := range listing.Files {
		if file.GetIsDir() {
			names = append(names, file.GetPath()+"/")
		} else {
			names = append(names, file.GetPath())
		}
	}
	return names
}

func (h *host) remove(path string) error {
	return h.call("Remove", &kinds.ArtifactPath{Path: path}, &kinds.ArtifactRemoved{})
}

func (h *host) openStream(method string, request proto.Message) stream {
	h.t.Helper()
	opened, err := openStream(h.socket, method, strconv.FormatInt(h.instance, 10), request)
	must(h.t, err)
	h.t.Cleanup(func() { _ = opened.Close() })
	return opened
}

func (h *host) beginUpload(path string) stream {
	h.t.Helper()
	upload := h.openStream("Write", nil)
	must(h.t, upload.sendData(&kinds.ArtifactWrite{Path: path}))
	return upload
}

func endUpload(upload stream) error {
	if err := upload.sendEnd(); err != nil {
		return err
	}
	return upload.receive(&kinds.ArtifactWritten{})
}

func (h *host) write(path string, content []byte) error {
	h.t.Helper()
	upload := h.beginUpload(path)
	for len(content) > 0 {
		count := len(content)
		if count > longestPiece {
			count = longestPiece
		}
		must(h.t, upload.sendData(&kinds.ArtifactWrite{Data: content[:count]}))
		content = content[count:]
	}
	must(h.t, upload.sendData(&kinds.ArtifactWrite{Commit: true}))
	return endUpload(upload)
}

// read gives the bytes and the size that the first piece told, -1 where it told none.
func (h *host) read(request *kinds.ArtifactRead) (content []byte, size int64, err error) {
	h.t.Helper()
	download := h.openStream("Read", request)
	size = -1
	for {
		var piece kinds.ArtifactPiece
		err := download.receive(&piece)
		if errors.Is(err, io.EOF) {
			return content, size, nil
		}
		if err != nil {
			return content, size, err
		}
		if piece.FileSize != nil {
			size = *piece.FileSize
		}
		content = append(content, piece.Data...)
	}
}
