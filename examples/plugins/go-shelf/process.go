package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/containerd/ttrpc"
)

// The host kills after five seconds.
const grace = 4 * time.Second

// serve answers on the socket until the host is gone or asks to stop.
func serve(socket string) error {
	listener, err := net.Listen("unix", socket)
	if err != nil {
		return err
	}
	server, err := newServer()
	if err != nil {
		return err
	}
	// A file that may not grow is an error of the write, as a full disk is; Go's runtime would end the process.
	signal.Ignore(syscall.SIGXFSZ)
	// Listening comes first: the host connects as soon as it has read this line.
	fmt.Printf("millrace-plugin %s ttrpc unix:%s\n", protocol, socket)
	stopped := make(chan error, 1)
	go func() {
		waitForTheEnd()
		ending, cancel := context.WithTimeout(context.Background(), grace)
		defer cancel()
		stopped <- server.Shutdown(ending)
	}()
	if err := server.Serve(context.Background(), listener); !errors.Is(err, ttrpc.ErrServerClosed) {
		return err
	}
	return <-stopped
}

func newServer() (*ttrpc.Server, error) {
	server, err := ttrpc.NewServer()
	if err != nil {
		return nil, err
	}
	open := newInstances()
	server.RegisterService(controlService, (&control{open}).service())
	server.RegisterService(repositoryService, (&repository{open}).service())
	return server, nil
}

// waitForTheEnd returns at SIGTERM and at the end of standard input, which says that the host is gone.
func waitForTheEnd() {
	asked := make(chan os.Signal, 1)
	signal.Notify(asked, syscall.SIGTERM, syscall.SIGINT)
	gone := make(chan struct{})
	go func() {
		_, _ = io.Copy(io.Discard, os.Stdin)
		close(gone)
	}()
	select {
	case <-asked:
	case <-gone:
	}
}

// logLine writes what the host carries into its log under this plugin's name.
func logLine(level, message string) {
	line, err := json.Marshal(map[string]string{"level": level, "message": message})
	if err == nil {
		_, _ = os.Stderr.Write(append(line, '\n'))
	}
}
