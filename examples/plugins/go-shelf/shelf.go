package main

import (
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"go-shelf/contract/entities"
)

// What this plugin keeps at the root for itself: files that are written and folders that are removed.
const reserved = ".go-shelf-"

// Older leftovers belong to nobody any more.
const staleAfter = 24 * time.Hour

// shelf is a folder with artifacts. Any goroutine. The host has checked paths: they stay below the root.
type shelf struct{ root string }

// openShelf understands go-shelf:/folder and go-shelf:///folder, and makes the folder.
func openShelf(uri string) (*shelf, error) {
	parsed, err := url.Parse(uri)
	if err != nil || parsed.Host != "" || parsed.RawQuery != "" || !strings.HasPrefix(parsed.Path, "/") {
		return nil, status.Errorf(codes.InvalidArgument, "'%s' names no folder: expected %s:/folder", uri, scheme)
	}
	s := &shelf{filepath.Clean(parsed.Path)}
	if err := makeFolder(s.root); err != nil {
		return nil, err
	}
	return s, s.sweep()
}

func (s *shelf) sweep() error {
	entries, err := os.ReadDir(s.root)
	if err != nil {
		return err
	}
	for _, entry := range entries {
		info, err := entry.Info()
		if err != nil || !strings.HasPrefix(entry.Name(), reserved) || time.Since(info.ModTime()) < staleAfter {
			continue
		}
		if err := os.RemoveAll(filepath.Join(s.root, entry.Name())); err != nil {
			logLine("warning", "a leftover stays: "+err.Error())
		}
	}
	return nil
}

func (s *shelf) locate(path string) (string, error) {
	if strings.HasPrefix(path, reserved) {
		return "", status.Errorf(codes.InvalidArgument, "'%s' is no name for an artifact: '%s' is kept for the shelf", path, reserved)
	}
	return filepath.Join(s.root, path), nil
}

// list names the files and folders right below a folder, sorted.
func (s *shelf) list(path string) ([]*entities.FileInfo, error) {
	folder, err := s.locate(path)
	if err != nil {
		return nil, err
	}
	entries, err := os.ReadDir(folder)
	if errors.Is(err, fs.ErrNotExist) || errors.Is(err, syscall.ENOTDIR) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	var files []*entities.FileInfo
	for _, entry := range entries {
		if info := describe(path, entry); info != nil {
			files = append(files, info)
		}
	}
	return files, nil
}

// describe tells nothing about what is no artifact and what was removed meanwhile.
func describe(folder string, entry fs.DirEntry) *entities.FileInfo {
	info, err := entry.Info()
	ours := folder == "" && strings.HasPrefix(entry.Name(), reserved)
	if err != nil || ours || !(info.IsDir() || info.Mode().IsRegular()) {
		return nil
	}
	path := entry.Name()
	if folder != "" {
		path = folder + "/" + path
	}
	isFolder, size := info.IsDir(), info.Size()
	if isFolder {
		return &entities.FileInfo{Path: &path, IsDir: &isFolder}
	}
	return &entities.FileInfo{Path: &path, IsDir: &isFolder, FileSize: &size}
}

// open gives the file and its size in bytes.
func (s *shelf) open(path string) (*os.File, int64, error) {
	place, err := s.locate(path)
	if err != nil {
		return nil, 0, err
	}
	file, err := os.Open(place)
	if errors.Is(err, fs.ErrNotExist) || errors.Is(err, syscall.ENOTDIR) {
		return nil, 0, noFile(path)
	}
	if err != nil {
		return nil, 0, err
	}
	info, err := file.Stat()
	if err == nil && !info.Mode().IsRegular() {
		err = noFile(path)
	}
	if err != nil {
		file.Close()
		return nil, 0, err
	}
	return file, info.Size(), nil
}

func noFile(path string) error {
	return status.Errorf(codes.NotFound, "there is no file '%s'", path)
}

// remove takes a file or a folder away in one step; of the root all that is in it.
func (s *shelf) remove(path string) error {
	place, err := s.locate(path)
	if err != nil {
		return err
	}
	if path != "" {
		return s.removePlace(place)
	}
	entries, err := os.ReadDir(s.root)
	if err != nil {
		return err
	}
	for _, entry := range entries {
		if strings.HasPrefix(entry.Name(), reserved) {
			continue
		}
		if err := s.removePlace(filepath.Join(s.root, entry.Name())); err != nil {
			return err
		}
	}
	return nil
}

func (s *shelf) removePlace(place string) error {
	away, err := os.MkdirTemp(s.root, reserved)
	if err != nil {
		return err
	}
	defer os.RemoveAll(away)
	err = os.Rename(place, filepath.Join(away, "removed"))
	if errors.Is(err, fs.ErrNotExist) || errors.Is(err, syscall.ENOTDIR) {
		return nil
	}
	if err != nil {
		return err
	}
	return syncFolder(filepath.Dir(place))
}

// makeFolder makes a folder and those above it, durably.
func makeFolder(folder string) error {
	info, err := os.Stat(folder)
	if err == nil && !info.IsDir() {
		return fmt.Errorf("%s: %w", folder, syscall.ENOTDIR)
	}
	if err == nil || !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if err := makeFolder(filepath.Dir(folder)); err != nil {
		return err
	}
	if err := os.Mkdir(folder, 0o777); err != nil && !errors.Is(err, fs.ErrExist) {
		return err
	}
	return syncFolder(filepath.Dir(folder))
}

// syncFolder makes what was moved into a folder, or out of it, survive a power cut.
func syncFolder(folder string) error {
	opened, err := os.Open(folder)
	if err != nil {
		return err
	}
	defer opened.Close()
	return opened.Sync()
}
