// The official Go library as client and server of the service that all programs of this folder speak.
// Usage: interop serve|check SOCKET
package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/containerd/ttrpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/types/known/wrapperspb"
)

const service = "millrace.test.Interop"

type message = wrapperspb.BytesValue

func of(text string) *message { return wrapperspb.Bytes([]byte(text)) }

func main() {
	if len(os.Args) != 3 {
		fail("usage: interop serve|check SOCKET")
	}
	if os.Args[1] == "serve" {
		serve(os.Args[2])
	} else {
		check(os.Args[2])
	}
}

func fail(format string, values ...interface{}) {
	fmt.Fprintf(os.Stderr, format+"\n", values...)
	os.Exit(1)
}

func must(err error) {
	if err != nil {
		fail("unexpected error: %v", err)
	}
}

func expect(what string, fine bool) {
	if !fine {
		fail("%s: not as expected", what)
	}
	fmt.Println("ok", what)
}

// --- server ---

func unary(answer func(context.Context, string) (string, error)) ttrpc.Method {
	return func(ctx context.Context, unmarshal func(interface{}) error) (interface{}, error) {
		var request message
		if err := unmarshal(&request); err != nil {
			return nil, err
		}
		text, err := answer(ctx, string(request.Value))
		return of(text), err
	}
}

func down(_ context.Context, stream ttrpc.StreamServer) (interface{}, error) {
	var request message
	if err := stream.RecvMsg(&request); err != nil {
		return nil, err
	}
	count, err := strconv.Atoi(string(request.Value))
	if err != nil {
		return nil, status.Error(codes.InvalidArgument, err.Error())
	}
	for i := 0; i < count; i++ {
		if err := stream.SendMsg(of(fmt.Sprintf("piece %d", i))); err != nil {
			return nil, err
		}
	}
	if count == 1 {
		return nil, status.Error(codes.NotFound, "only one")
	}
	return nil, nil
}

func up(_ context.Context, stream ttrpc.StreamServer) (interface{}, error) {
	var all bytes.Buffer
	for {
		var piece message
		if err := stream.RecvMsg(&piece); err == io.EOF {
			return of(all.String()), nil
		} else if err != nil {
			return nil, err
		}
		all.Write(piece.Value)
	}
}

func chat(_ context.Context, stream ttrpc.StreamServer) (interface{}, error) {
	for {
		var piece message
		if err := stream.RecvMsg(&piece); err == io.EOF {
			return nil, nil
		} else if err != nil {
			return nil, err
		}
		if err := stream.SendMsg(&piece); err != nil {
			return nil, err
		}
	}
}

func serve(path string) {
	listener, err := net.Listen("unix", path)
	must(err)
	server, err := ttrpc.NewServer()
	must(err)
	server.RegisterService(service, &ttrpc.ServiceDesc{
		Methods: map[string]ttrpc.Method{
			"Echo": unary(func(_ context.Context, text string) (string, error) { return text, nil }),
			"Fail": unary(func(_ context.Context, text string) (string, error) {
				code, _ := strconv.Atoi(text)
				return "", status.Error(codes.Code(code), "failed with "+text)
			}),
			"Sleep": unary(func(_ context.Context, text string) (string, error) {
				milliseconds, _ := strconv.Atoi(text)
				time.Sleep(time.Duration(milliseconds) * time.Millisecond)
				return text, nil
			}),
			"Metadata": unary(func(ctx context.Context, text string) (string, error) {
				value, _ := ttrpc.GetMetadataValue(ctx, text)
				return value, nil
			}),
		},
		Streams: map[string]ttrpc.Stream{
			"Down": {Handler: down, StreamingServer: true},
			"Up":   {Handler: up, StreamingClient: true},
			"Chat": {Handler: chat, StreamingClient: true, StreamingServer: true},
		},
	})
	fmt.Println("ready")
	go func() {
		_, _ = io.Copy(io.Discard, os.Stdin)
		os.Exit(0)
	}()
	must(server.Serve(context.Background(), listener))
}

// --- client ---

type caller struct{ client *ttrpc.Client }

func (c caller) call(ctx context.Context, method, text string) (string, error) {
	var answer message
	err := c.client.Call(ctx, service, method, of(text), &answer)
	return string(answer.Value), err
}

func (c caller) stream(method string, desc *ttrpc.StreamDesc, request interface{}) ttrpc.ClientStream {
	stream, err := c.client.NewStream(context.Background(), desc, service, method, request)
	must(err)
	return stream
}

func (c caller) checkCalls() {
	background := context.Background()
	answer, err := c.call(background, "Echo", "hello")
	expect("echo", err == nil && answer == "hello")
	answer, err = c.call(background, "Echo", "")
	expect("empty echo", err == nil && answer == "")
	for _, code := range []codes.Code{codes.InvalidArgument, codes.NotFound, codes.AlreadyExists, codes.PermissionDenied,
		codes.Aborted, codes.Unavailable, codes.Unauthenticated} {
		_, err = c.call(background, "Fail", strconv.Itoa(int(code)))
		expect("error "+code.String(), status.Code(err) == code && strings.Contains(err.Error(), "failed with"))
	}
	_, err = c.call(background, "Missing", "")
	expect("unknown method", status.Code(err) == codes.Unimplemented)
	err = c.client.Call(background, "no.Service", "Echo", of(""), &message{})
	expect("unknown service", status.Code(err) == codes.Unimplemented)
	md := ttrpc.MD{}
	md.Set("millrace-instance", "42")
	answer, err = c.call(ttrpc.WithMetadata(background, md), "Metadata", "millrace-instance")
	expect("metadata", err == nil && answer == "42")
	soon, cancel := context.WithTimeout(background, 50*time.Millisecond)
	defer cancel()
	_, err = c.call(soon, "Sleep", "300")
	expect("time-out", errors.Is(err, context.DeadlineExceeded))
	answer, err = c.call(background, "Echo", "after the time-out")
	expect("after the time-out", err == nil && answer == "after the time-out")
}

func (c caller) checkSizes() {
	large := strings.Repeat("x", 4<<20-100)
	answer, err := c.call(context.Background(), "Echo", large)
	expect("4 MiB", err == nil && answer == large)
	_, err = c.call(context.Background(), "Echo", large+large)
	expect("oversized", status.Code(errors.Unwrap(err)) == codes.ResourceExhausted || status.Code(err) == codes.ResourceExhausted)
	_, err = c.call(context.Background(), "Echo", "")
	expect("after the oversized", err == nil)
}

func (c caller) checkDown() {
	stream := c.stream("Down", &ttrpc.StreamDesc{StreamingServer: true}, of("100"))
	for i := 0; i < 100; i++ {
		var piece message
		must(stream.RecvMsg(&piece))
		if string(piece.Value) != fmt.Sprintf("piece %d", i) {
			fail("piece %d is %q", i, piece.Value)
		}
	}
	expect("server stream", stream.RecvMsg(&message{}) == io.EOF)
	stream = c.stream("Down", &ttrpc.StreamDesc{StreamingServer: true}, of("0"))
	expect("empty server stream", stream.RecvMsg(&message{}) == io.EOF)
	stream = c.stream("Down", &ttrpc.StreamDesc{StreamingServer: true}, of("1"))
	must(stream.RecvMsg(&message{}))
	expect("error within a stream", status.Code(stream.RecvMsg(&message{})) == codes.NotFound)
}

func (c caller) checkUp() {
	stream := c.stream("Up", &ttrpc.StreamDesc{StreamingClient: true}, nil)
	for i := 0; i < 100; i++ {
		must(stream.SendMsg(of(strconv.Itoa(i % 10))))
	}
	must(stream.CloseSend())
	var answer message
	must(stream.RecvMsg(&answer))
	expect("client stream", string(answer.Value) == strings.Repeat("0123456789", 10))
}

func (c caller) checkChat() {
	stream := c.stream("Chat", &ttrpc.StreamDesc{StreamingClient: true, StreamingServer: true}, nil)
	for _, text := range []string{"a", "", "c"} {
		must(stream.SendMsg(of(text)))
		var answer message
		must(stream.RecvMsg(&answer))
		if string(answer.Value) != text {
			fail("sent %q, received %q", text, answer.Value)
		}
	}
	must(stream.CloseSend())
	expect("both stream", stream.RecvMsg(&message{}) == io.EOF)
}

func check(path string) {
	connection, err := net.Dial("unix", path)
	must(err)
	c := caller{ttrpc.NewClient(connection)}
	c.checkCalls()
	c.checkSizes()
	c.checkDown()
	c.checkUp()
	c.checkChat()
}
