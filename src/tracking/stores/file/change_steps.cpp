#include "tracking/stores/file/change_steps.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

#include "base/error.h"
#include "base/ids.h"

namespace millrace::tracking::files {
namespace {

using Step = Changes::Step;

struct Place {
  Folder folder;
  std::string name;
};

Folder root_again(const Root& root) {
  return Folder::open_root(root.path());
}

// The folder that a path's last part is in; nothing when it is not there.
std::optional<Place> find_place(const Root& root, const std::string& path) {
  Folder folder = root_again(root);
  size_t start = 0;
  for (size_t end = 0; (end = path.find('/', start)) != std::string::npos; start = end + 1) {
    auto next = folder.find(path.substr(start, end - start));
    if (!next) return std::nullopt;
    folder = *std::move(next);
  }
  return Place{std::move(folder), path.substr(start)};
}

Folder make_below(const Folder& folder, const std::string& name) {
  const bool made = mkdirat(folder.descriptor(), name.c_str(), 0777) == 0;
  if (!made && errno != EEXIST) throw_errno(errno, "make the folder " + folder.path_of(name));
  if (made) sync_folder(folder);
  const auto state = folder.state(name);
  if (state && state->is_file())
    throw_invalid_parameter(
        "A file store keeps a name with '/' as a folder, but " + folder.path_of(name) +
        " is a file already: another name without what follows the '/' was logged before.");
  return folder.open(name);
}

Place make_place(const Root& root, const std::string& path) {
  Folder folder = root_again(root);
  size_t start = 0;
  for (size_t end = 0; (end = path.find('/', start)) != std::string::npos; start = end + 1)
    folder = make_below(folder, path.substr(start, end - start));
  return {std::move(folder), path.substr(start)};
}

void write_all(int file, std::string_view content, const std::string& path) {
  while (!content.empty()) {
    const ssize_t count = write(file, content.data(), content.size());
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) throw_errno(count < 0 ? errno : ENOSPC, "write " + path);
    content.remove_prefix(static_cast<size_t>(count));
  }
}

void sync_file(int file, const std::string& path) {
  if (fdatasync(file) != 0 && errno != EINVAL) throw_errno(errno, "write " + path);
}

void put(const Root& root, const Place& place, const std::string& content, Durability durability) {
  const Folder& own = root.own_folder();
  const std::string temporary = "new-" + random_token(20);
  const Descriptor file(
      openat(own.descriptor(), temporary.c_str(), O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0666));
  if (!file.is_open()) throw_errno(errno, "write " + place.folder.path_of(place.name));
  try {
    write_all(file.get(), content, place.folder.path_of(place.name));
    if (durability == Durability::kEach) sync_file(file.get(), place.folder.path_of(place.name));
    if (renameat(own.descriptor(), temporary.c_str(), place.folder.descriptor(), place.name.c_str()) != 0)
      throw_errno(errno, "write " + place.folder.path_of(place.name));
  } catch (const Error&) {
    unlinkat(own.descriptor(), temporary.c_str(), 0);
    throw;
  }
  if (durability == Durability::kEach) sync_folder(place.folder);
}

Descriptor open_for_append(const Place& place) {
  Descriptor file(openat(place.folder.descriptor(), place.name.c_str(),
                         O_RDWR | O_APPEND | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC, 0666));
  if (!file.is_open()) throw_errno(errno, "write " + place.folder.path_of(place.name));
  struct stat status {};
  if (fstat(file.get(), &status) != 0 || !S_ISREG(status.st_mode))
    throw_invalid_parameter(place.folder.path_of(place.name) + " is no plain file.");
  return file;
}

// A line that somebody left unfinished must not swallow ours.
bool ends_in_mid_line(int file, int64_t size) {
  char last = '\n';
  return size > 0 && pread(file, &last, 1, size - 1) == 1 && last != '\n';
}

std::function<void()> append(const Place& place, const std::string& lines, Durability durability) {
  const std::string path = place.folder.path_of(place.name);
  const Descriptor file = open_for_append(place);
  const int64_t before = lseek(file.get(), 0, SEEK_END);
  const auto undo =
      [folder = std::make_shared<Place>(Place{Folder::open_root(place.folder.path()), place.name}), before] {
        const Descriptor again = open_for_append(*folder);
        if (ftruncate(again.get(), before) != 0) throw_errno(errno, "take back a write");
      };
  try {
    write_all(file.get(), ends_in_mid_line(file.get(), before) ? "\n" + lines : lines, path);
    if (durability == Durability::kEach) sync_file(file.get(), path);
    if (durability == Durability::kEach && before == 0) sync_folder(place.folder);
  } catch (const Error&) {
    if (ftruncate(file.get(), before) != 0) throw;
    throw;
  }
  return undo;
}

void remove_tree(const Folder& folder, const std::string& name) {
  const auto state = folder.state(name);
  if (!state) return;
  if (state->is_folder()) {
    const Folder inner = folder.open(name);
    for (const Folder::Entry& entry : inner.entries()) remove_tree(inner, entry.name);
  }
  if (unlinkat(folder.descriptor(), name.c_str(), state->is_folder() ? AT_REMOVEDIR : 0) != 0 &&
      errno != ENOENT)
    throw_errno(errno, "remove " + folder.path_of(name));
}

std::function<void()> put_step(const Root& root, const Step& step, Durability durability) {
  auto place = std::make_shared<Place>(make_place(root, step.path));
  std::optional<std::string> before;
  if (place->folder.state(place->name)) before = place->folder.read(place->name, int64_t{64} << 20);
  put(root, *place, step.content, durability);
  return [&root, place, before] {
    if (before) return put(root, *place, *before, Durability::kEach);
    unlinkat(place->folder.descriptor(), place->name.c_str(), 0);
  };
}

void move_step(const Root& root, const std::string& from, const std::string& to) {
  const auto source = find_place(root, from);
  const Place target = make_place(root, to);
  if (!source) throw_not_found("There is no folder " + root.folder().path_of(from) + ".");
  if (target.folder.state(target.name))
    throw Error(ErrorCode::kResourceAlreadyExists,
                "There is a folder " + target.folder.path_of(target.name) + " already.");
  if (renameat(source->folder.descriptor(), source->name.c_str(), target.folder.descriptor(),
               target.name.c_str()) != 0)
    throw_errno(errno, "move " + source->folder.path_of(source->name));
  sync_folder(source->folder);
  sync_folder(target.folder);
}

}  // namespace

void sync_folder(const Folder& folder) {
  const Descriptor again(openat(folder.descriptor(), ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!again.is_open() || (fsync(again.get()) != 0 && errno != EINVAL))
    throw_errno(errno, "write " + folder.path());
}

Descriptor write_own_file(const Root& root, const std::string& name, const std::string& content) {
  const Folder& own = root.own_folder();
  Descriptor file(openat(own.descriptor(), name.c_str(), O_CREAT | O_EXCL | O_RDWR | O_CLOEXEC, 0666));
  if (!file.is_open()) throw_errno(errno, "write " + own.path_of(name));
  try {
    write_all(file.get(), content, own.path_of(name));
    sync_file(file.get(), own.path_of(name));
  } catch (const Error&) {
    unlinkat(own.descriptor(), name.c_str(), 0);
    throw;
  }
  return file;
}

void prepare_step(const Root& root, Step& step) {
  if (step.kind != Step::Kind::kPut && step.kind != Step::Kind::kAppend) return;
  const Place place = make_place(root, step.path);
  const auto state = place.folder.state(place.name);
  if (state && state->is_folder())
    throw_invalid_parameter("A file store keeps names with '/' as folders, and " +
                            place.folder.path_of(place.name) +
                            " is one already: another name that goes on with a '/' was logged before.");
  step.size = state ? state->size : 0;
}

std::function<void()> apply_step(const Root& root, const Step& step, Durability durability) {
  switch (step.kind) {
    case Step::Kind::kPut:
      return put_step(root, step, durability);
    case Step::Kind::kAppend:
      return append(make_place(root, step.path), step.content, durability);
    case Step::Kind::kRemove: {
      const auto place = find_place(root, step.path);
      if (place) remove_tree(place->folder, place->name);
      if (place && durability == Durability::kEach) sync_folder(place->folder);
      return {};
    }
    case Step::Kind::kMove:
      move_step(root, step.path, step.content);
      return [&root, step] { move_step(root, step.content, step.path); };
    case Step::Kind::kMakeFolder: {
      const Place place = make_place(root, step.path);
      make_below(place.folder, place.name);
      return {};
    }
  }
  return {};
}

void repeat_step(const Root& root, const Step& step) {
  if (step.kind == Step::Kind::kMove) {
    const auto source = find_place(root, step.path);
    if (!source || !source->folder.state(source->name)) return;
  }
  if (step.kind == Step::Kind::kAppend) {
    const Place place = make_place(root, step.path);
    const auto state = place.folder.state(place.name);
    if (state && state->size > step.size) {
      std::string now = place.folder.read(place.name, int64_t{1} << 40);
      now.erase(0, static_cast<size_t>(step.size));
      if (now.starts_with(step.content) || now.starts_with("\n" + step.content)) return;
    }
  }
  apply_step(root, step, Durability::kEach);
}

}  // namespace millrace::tracking::files
