#!/usr/bin/env bash
# How sdk-1.0.tar.xz was made: what a plugin is built from, as of the first release of the SDK. Prints the archive, byte
# by byte the same each time, so that anybody with the repository can prove where it comes from.
set -euo pipefail
cd "$(git rev-parse --show-toplevel)"
git archive --format=tar 6884bc8 -- LICENSE api codegen cmake sdk/cpp sdk/python \
  src/base/{byte_stream,call_context,capability,error,reply,secret}.h src/base/{capability,error}.cpp src/plugin/ttrpc \
  ':(exclude)sdk/python/tests' ':(exclude)src/plugin/ttrpc/*test*' | xz -9e -T1
