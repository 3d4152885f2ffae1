//go:build tools

// Names the generator of the messages as something that go.mod has to pin.
package main

import _ "google.golang.org/protobuf/cmd/protoc-gen-go"
