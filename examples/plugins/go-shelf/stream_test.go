package main

import (
	"encoding/binary"
	"io"
	"net"

	"github.com/containerd/ttrpc"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"
)

// stream is a stream on a connection of its own, frame by frame: the library's client leaves out the metadata of streams.
type stream struct{ net.Conn }

const (
	frameRequest  = 1
	frameResponse = 2
	frameData     = 3

	closed = 1 // the sender sends no more
	open   = 2 // data follow
	noData = 4 // the frame has no message
)

// openStream sends `request`, or begins an upload when there is none.
func openStream(socket, method, instance string, request proto.Message) (stream, error) {
	connection, err := net.Dial("unix", socket)
	if err != nil {
		return stream{}, err
	}
	head := &ttrpc.Request{Service: repositoryService, Method: method,
		Metadata: []*ttrpc.KeyValue{{Key: "millrace-instance", Value: instance}}}
	flags := byte(open | noData)
	if request != nil {
		flags = closed
		if head.Payload, err = proto.Marshal(request); err != nil {
			return stream{}, err
		}
	}
	s := stream{connection}
	return s, s.send(frameRequest, flags, head)
}

func (s stream) send(kind, flags byte, message proto.Message) error {
	data, err := proto.Marshal(message)
	if err != nil {
		return err
	}
	header := binary.BigEndian.AppendUint32(nil, uint32(len(data)))
	header = append(binary.BigEndian.AppendUint32(header, 1), kind, flags)
	_, err = s.Write(append(header, data...))
	return err
}

func (s stream) sendData(message proto.Message) error { return s.send(frameData, 0, message) }

func (s stream) sendEnd() error { return s.send(frameData, closed|noData, nil) }

// receive reads the next message; io.EOF at the end of the stream.
func (s stream) receive(message proto.Message) error {
	header := make([]byte, 10)
	if _, err := io.ReadFull(s, header); err != nil {
		return err
	}
	data := make([]byte, binary.BigEndian.Uint32(header))
	if _, err := io.ReadFull(s, data); err != nil {
		return err
	}
	if header[8] == frameData {
		if header[9]&noData != 0 {
			return io.EOF
		}
		return proto.Unmarshal(data, message)
	}
	var response ttrpc.Response
	if err := proto.Unmarshal(data, &response); err != nil {
		return err
	}
	if response.Status.GetCode() != 0 {
		return status.FromProto(response.Status).Err()
	}
	return proto.Unmarshal(response.Payload, message)
}
