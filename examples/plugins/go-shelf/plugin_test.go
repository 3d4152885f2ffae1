package main

import (
	"bytes"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"go-shelf/contract/kinds"
)

func TestFilesComeBack(t *testing.T) {
	h, _ := start(t)
	large := bytes.Repeat([]byte("0123456789"), 300_000)
	for path, content := range map[string][]byte{"top": []byte("x"), "a/b c/é.bin": large, "empty": {}} {
		must(t, h.write(path, content))
		got, size, err := h.read(&kinds.ArtifactRead{Path: path})
		must(t, err)
		if !bytes.Equal(got, content) || size != int64(len(content)) {
			t.Errorf("%s came back with %d bytes and the size %d", path, len(got), size)
		}
	}
	must(t, h.write("top", []byte("newer")))
	if got, _, _ := h.read(&kinds.ArtifactRead{Path: "top"}); string(got) != "newer" {
		t.Errorf("an overwrite gave %q", got)
	}
}

func TestPartsOfAFile(t *testing.T) {
	h, _ := start(t)
	must(t, h.write("f", []byte("0123456789")))
	for _, part := range []struct {
		offset, length int64
		want           string
	}{{2, 3, "234"}, {7, 0, "789"}, {7, 100, "789"}, {20, 5, ""}} {
		got, _, err := h.read(&kinds.ArtifactRead{Path: "f", Offset: part.offset, Length: part.length})
		must(t, err)
		if string(got) != part.want {
			t.Errorf("%d bytes from %d are %q", part.length, part.offset, got)
		}
	}
}

func TestAFolderIsListedAndRemoved(t *testing.T) {
	h, _ := start(t)
	for _, path := range []string{"z", "b/y", "b/c/x", "b.txt"} {
		must(t, h.write(path, []byte("x")))
	}
	for path, want := range map[string][]string{"": {"b/", "b.txt", "z"}, "b": {"b/c/", "b/y"}, "z": nil, "unknown": nil} {
		if got := h.names(path); !reflect.DeepEqual(got, want) {
			t.Errorf("%q has %q", path, got)
		}
	}
	must(t, h.remove("b"))
	must(t, h.remove("unknown/deep"))
	if got := h.names(""); !reflect.DeepEqual(got, []string{"b.txt", "z"}) {
		t.Errorf("after the removal there is %q", got)
	}
	must(t, h.remove(""))
	if got := h.names(""); got != nil {
		t.Errorf("after all was removed there is %q", got)
	}
}

func TestWhatIsNotThereIsNotFound(t *testing.T) {
	h, _ := start(t)
	must(t, h.write("a/f", []byte("x")))
	for _, path := range []string{"unknown", "a", "a/f/g"} {
		_, _, err := h.read(&kinds.ArtifactRead{Path: path})
		wantCode(t, err, codes.NotFound)
	}
}

func TestAnUploadThatIsGivenUpLeavesTheOlderFile(t *testing.T) {
	h, folder := start(t)
	must(t, h.write("f", []byte("older")))
	ended := h.beginUpload("f")
	must(t, ended.sendData(&kinds.ArtifactWrite{Data: []byte("half")}))
	err := endUpload(ended)
	wantCode(t, err, codes.Canceled)
	if details := status.Convert(err).Details(); len(details) != 1 || details[0].(*kinds.Fault).ErrorCode != "CANCELLED" {
		t.Errorf("the details are %v", details)
	}
	broken := h.beginUpload("f")
	must(t, broken.sendData(&kinds.ArtifactWrite{Data: []byte("half")}))
	must(t, broken.Close())
	deadline := time.Now().Add(10 * time.Second)
	for len(leftovers(t, folder)) > 0 {
		if time.Now().After(deadline) {
			t.Fatalf("what is left over: %q", leftovers(t, folder))
		}
		time.Sleep(time.Millisecond)
	}
	if got, _, _ := h.read(&kinds.ArtifactRead{Path: "f"}); string(got) != "older" {
		t.Errorf("the file is %q", got)
	}
}

func leftovers(t *testing.T, folder string) []string {
	found, err := filepath.Glob(filepath.Join(folder, reserved+"*"))
	must(t, err)
	return found
}

func TestARefusedUploadIsReadToItsEndAndThePluginServesOn(t *testing.T) {
	h, _ := start(t)
	must(t, h.write("f", []byte("x")))
	wantCode(t, h.write("f/g", bytes.Repeat([]byte("x"), 5_000_000)), codes.InvalidArgument)
	wantCode(t, h.write(reserved+"x", bytes.Repeat([]byte("x"), 5_000_000)), codes.InvalidArgument)
	if got := h.names(""); !reflect.DeepEqual(got, []string{"f"}) {
		t.Errorf("there is %q", got)
	}
}

func TestInstancesAreTheirFolders(t *testing.T) {
	h, folder := start(t)
	must(t, h.write("f", []byte("x")))
	must(t, h.control("Close", &kinds.CloseRequest{Instance: h.instance}, &kinds.InstanceClosed{}))
	_, _, err := h.read(&kinds.ArtifactRead{Path: "f"})
	wantCode(t, err, codes.FailedPrecondition)
	h.instance = h.open("go-shelf://" + folder)
	if got := h.names(""); !reflect.DeepEqual(got, []string{"f"}) {
		t.Errorf("there is %q", got)
	}
	for _, uri := range []string{"go-shelf:relative", "go-shelf://host/folder", "go-shelf:", "go-shelf:/a?b=c"} {
		err := h.control("Open", &kinds.OpenRequest{Kind: kind, Name: scheme, Uri: uri}, &kinds.OpenedInstance{})
		wantCode(t, err, codes.InvalidArgument)
	}
	wantCode(t, h.control("Open", &kinds.OpenRequest{Kind: "server_app"}, &kinds.OpenedInstance{}), codes.InvalidArgument)
}

func TestOldLeftoversAreSweptWhenAShelfIsOpened(t *testing.T) {
	h, folder := start(t)
	old, fresh := filepath.Join(folder, reserved+"old"), filepath.Join(folder, reserved+"fresh")
	for _, path := range []string{old, fresh} {
		must(t, os.WriteFile(path, nil, 0o600))
	}
	long := time.Now().Add(-2 * staleAfter)
	must(t, os.Chtimes(old, long, long))
	h.open("go-shelf:" + folder)
	if got := leftovers(t, folder); !reflect.DeepEqual(got, []string{fresh}) {
		t.Errorf("left over is %q", got)
	}
}

func TestControlTellsWhatThereIs(t *testing.T) {
	h, folder := start(t)
	var description kinds.PluginDescription
	must(t, h.control("Describe", &kinds.DescribeRequest{}, &description))
	manifest, err := os.ReadFile("plugin.toml")
	must(t, err)
	for _, line := range []string{`id = "` + description.Id, `version = "` + description.Version,
		`protocol = "` + description.Protocol, `kind = "` + description.Provides[0].Kind,
		`schemes = ["` + description.Provides[0].Name, `capabilities = ["` + description.Provides[0].Capabilities[0]} {
		if !strings.Contains(string(manifest), line) {
			t.Errorf("the manifest has no %s", line)
		}
	}
	var health kinds.HealthReport
	must(t, h.control("Health", &kinds.HealthRequest{}, &health))
	if health.OpenInstances != 1 || health.ResidentBytes <= 0 {
		t.Errorf("the health is %v", &health)
	}
	outcome := func() kinds.CheckReport_Outcome {
		var report kinds.CheckReport
		must(t, h.control("Check", &kinds.CheckRequest{Instance: h.instance}, &report))
		return report.Findings[0].Outcome
	}
	if outcome() != kinds.CheckReport_OUTCOME_FINE {
		t.Error("a folder that is fine is told not to be")
	}
	must(t, os.RemoveAll(folder))
	if outcome() != kinds.CheckReport_OUTCOME_FAILED {
		t.Error("a folder that is gone is told to be fine")
	}
}

func TestMajorsAreToldApart(t *testing.T) {
	for majors, want := range map[string]bool{"1": true, "2,1": true, "2": false, "11": false, "": false} {
		if speaks(majors, "1") != want {
			t.Errorf("%q is taken wrong", majors)
		}
	}
}
