package main

import (
	"context"
	"fmt"
	"os"
	"syscall"

	"github.com/containerd/ttrpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"go-shelf/contract/kinds"
)

const (
	controlService = "millrace.v1.plugin.Control"
	kind           = "artifact_repository"
	scheme         = "go-shelf"
)

var capabilities = []string{"ranges"}

// control answers what every plugin answers.
type control struct{ open *instances }

type unmarshaler = func(interface{}) error

func (c *control) service() *ttrpc.ServiceDesc {
	return &ttrpc.ServiceDesc{Methods: map[string]ttrpc.Method{
		"Describe": c.describe, "Open": c.openShelf, "Close": c.closeShelf, "Check": c.check, "Health": c.health,
	}}
}

func (c *control) describe(context.Context, unmarshaler) (interface{}, error) {
	provided := &kinds.ProvidedKind{Kind: kind, Name: scheme, Capabilities: capabilities}
	return &kinds.PluginDescription{Id: "go-shelf", Version: "1.0.0", Protocol: protocol,
		Provides: []*kinds.ProvidedKind{provided}}, nil
}

func (c *control) openShelf(_ context.Context, unmarshal unmarshaler) (interface{}, error) {
	var request kinds.OpenRequest
	if err := unmarshal(&request); err != nil {
		return nil, err
	}
	if request.Kind != kind || request.Name != scheme {
		return nil, status.Errorf(codes.InvalidArgument, "this plugin has no %s '%s'", request.Kind, request.Name)
	}
	opened, err := openShelf(request.Uri)
	if err != nil {
		return nil, fault(err)
	}
	return &kinds.OpenedInstance{Instance: c.open.add(opened), Capabilities: capabilities}, nil
}

func (c *control) closeShelf(_ context.Context, unmarshal unmarshaler) (interface{}, error) {
	var request kinds.CloseRequest
	if err := unmarshal(&request); err != nil {
		return nil, err
	}
	if err := c.open.close(request.Instance); err != nil {
		return nil, err
	}
	return &kinds.InstanceClosed{}, nil
}

func (c *control) check(_ context.Context, unmarshal unmarshaler) (interface{}, error) {
	var request kinds.CheckRequest
	if err := unmarshal(&request); err != nil {
		return nil, err
	}
	found, err := c.open.find(request.Instance)
	if err != nil {
		return nil, err
	}
	defer found.calls.Done()
	return &kinds.CheckReport{Findings: []*kinds.CheckReport_Finding{checkFolder(found.shelf.root)}}, nil
}

func checkFolder(folder string) *kinds.CheckReport_Finding {
	const readWriteEnter = 7
	finding := &kinds.CheckReport_Finding{Subject: "folder"}
	if err := syscall.Access(folder, readWriteEnter); err != nil {
		finding.Outcome = kinds.CheckReport_OUTCOME_FAILED
		finding.Message = fmt.Sprintf("%s: %v; let this user read and write it", folder, err)
		return finding
	}
	finding.Outcome = kinds.CheckReport_OUTCOME_FINE
	finding.Message = folder + " can be read and written"
	return finding
}

func (c *control) health(context.Context, unmarshaler) (interface{}, error) {
	return &kinds.HealthReport{OpenInstances: c.open.count(), ResidentBytes: residentBytes()}, nil
}

func residentBytes() int64 {
	statistics, err := os.ReadFile("/proc/self/statm")
	if err != nil {
		return 0
	}
	var total, resident int64
	if _, err := fmt.Sscan(string(statistics), &total, &resident); err != nil {
		return 0
	}
	return resident * int64(os.Getpagesize())
}
