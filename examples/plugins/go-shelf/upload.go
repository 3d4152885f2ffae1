package main

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
)

// upload is a file that nobody sees until it is kept.
type upload struct {
	file  *os.File
	place string // where it will be
}

func (s *shelf) begin(path string) (*upload, error) {
	place, err := s.locate(path)
	if err != nil {
		return nil, err
	}
	file, err := os.CreateTemp(s.root, reserved)
	if err != nil {
		return nil, err
	}
	return &upload{file, place}, nil
}

// keep makes the file appear, whole and durable, in place of an older one.
func (u *upload) keep() error {
	if err := u.file.Sync(); err != nil {
		return err
	}
	if err := u.move(); err != nil {
		return err
	}
	return syncFolder(filepath.Dir(u.place))
}

// move tries again when somebody removed the folder meanwhile.
func (u *upload) move() error {
	for attempt := 0; ; attempt++ {
		err := makeFolder(filepath.Dir(u.place))
		if err == nil {
			err = os.Rename(u.file.Name(), u.place)
		}
		if err == nil || attempt == 10 || !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
}

// discard deletes a file that was not kept; after keep there is nothing left to delete.
func (u *upload) discard() {
	u.file.Close()
	os.Remove(u.file.Name())
}
