package main

import (
	"context"
	"strconv"
	"sync"

	"github.com/containerd/ttrpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
)

// instances are the shelves that the host has opened, by their numbers.
type instances struct {
	mutex sync.Mutex
	open  map[int64]*instance
	last  int64
}

type instance struct {
	shelf *shelf
	calls sync.WaitGroup
}

func newInstances() *instances {
	return &instances{open: map[int64]*instance{}}
}

func (i *instances) add(s *shelf) int64 {
	i.mutex.Lock()
	defer i.mutex.Unlock()
	i.last++
	i.open[i.last] = &instance{shelf: s}
	return i.last
}

func (i *instances) count() int64 {
	i.mutex.Lock()
	defer i.mutex.Unlock()
	return int64(len(i.open))
}

// use finds the shelf that a call's metadata names; it stays open until `done` was called.
func (i *instances) use(ctx context.Context) (used *shelf, done func(), err error) {
	text, _ := ttrpc.GetMetadataValue(ctx, "millrace-instance")
	number, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		return nil, nil, status.Error(codes.InvalidArgument, "the call has no metadata 'millrace-instance'")
	}
	found, err := i.find(number)
	if err != nil {
		return nil, nil, err
	}
	return found.shelf, found.calls.Done, nil
}

func (i *instances) find(number int64) (*instance, error) {
	i.mutex.Lock()
	defer i.mutex.Unlock()
	found, ok := i.open[number]
	if !ok {
		return nil, notOpen(number)
	}
	found.calls.Add(1)
	return found, nil
}

// close takes no more calls for the instance and waits for those under way.
func (i *instances) close(number int64) error {
	i.mutex.Lock()
	found, ok := i.open[number]
	delete(i.open, number)
	i.mutex.Unlock()
	if !ok {
		return notOpen(number)
	}
	found.calls.Wait()
	return nil
}

func notOpen(number int64) error {
	return status.Errorf(codes.FailedPrecondition, "this plugin has no open instance %d", number)
}
