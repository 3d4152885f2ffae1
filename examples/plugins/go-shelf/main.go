// A plugin of Millrace in Go: an artifact repository that keeps files in a folder.
//
// It is written from docs/plugins/protocol.md and the .proto files alone, with the official ttrpc library.
package main

import (
	"fmt"
	"os"
	"strings"
)

const (
	magic    = "c3a1f0d2-millrace-plugin"
	protocol = "1.0"
)

func main() {
	if os.Getenv("MILLRACE_PLUGIN_MAGIC") != magic {
		fmt.Println("This is a plugin of Millrace, which starts it by itself: see README.md.")
		os.Exit(2)
	}
	if majors := os.Getenv("MILLRACE_PLUGIN_PROTOCOLS"); !speaks(majors, "1") {
		logLine("error", "this plugin speaks protocol "+protocol+", the host speaks "+majors)
		os.Exit(3)
	}
	if err := serve(os.Getenv("MILLRACE_PLUGIN_SOCKET")); err != nil {
		logLine("error", err.Error())
		os.Exit(1)
	}
}

func speaks(majors, wanted string) bool {
	for _, major := range strings.Split(majors, ",") {
		if major == wanted {
			return true
		}
	}
	return false
}
