#!/bin/sh
# Makes the plugin's folder, build/plugins/go-shelf: the program and its manifest. Needs Go 1.19 and protoc 3.15 or later.
# The contract is read from $MILLRACE_API, by default that of the clone this folder stands in.
set -eu
cd "$(dirname "$0")"
api="${MILLRACE_API:-../../../api}"

# The code of the messages is made by the generator that go.mod pins, and not kept in the repository.
go build -o build/protoc-gen-go google.golang.org/protobuf/cmd/protoc-gen-go
entities=millrace/v1
kinds=millrace/v1/plugin
protoc --plugin=build/protoc-gen-go --proto_path="$api" --go_out=. --go_opt=module=go-shelf \
  --go_opt=M$entities/access.proto=go-shelf/contract/entities \
  --go_opt=M$entities/options.proto=go-shelf/contract/entities \
  --go_opt=M$entities/artifacts.proto=go-shelf/contract/entities \
  --go_opt=M$kinds/artifact_repository.proto=go-shelf/contract/kinds \
  --go_opt=M$kinds/control.proto=go-shelf/contract/kinds \
  $entities/access.proto $entities/options.proto $entities/artifacts.proto \
  $kinds/artifact_repository.proto $kinds/control.proto

mkdir -p build/plugins/go-shelf
go build -o build/plugins/go-shelf/go-shelf .
cp plugin.toml build/plugins/go-shelf/
