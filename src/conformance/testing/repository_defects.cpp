#include <algorithm>
#include <map>

#include "base/percent.h"
#include "conformance/testing/defects.h"
#include "conformance/testing/faults.h"
#include "conformance/testing/faulty_streams.h"

namespace millrace::conformance::testing {
namespace {

using Repository = RepositoryOfFunctions;
using v1::plugin::ArtifactListing;
using v1::plugin::ArtifactPath;

const CallContext kContext;

std::string folder_of(const std::string& path) {
  const size_t slash = path.rfind('/');
  return slash == std::string::npos ? "" : path.substr(0, slash);
}

ArtifactPath at(const std::string& path) {
  ArtifactPath message;
  message.set_path(path);
  return message;
}

bool exists(Repository& repository, const std::string& path) {
  const ArtifactListing listing = repository.on_list(kContext, at(folder_of(path)));
  return std::any_of(listing.files().begin(), listing.files().end(),
                     [&](const auto& file) { return file.path() == path; });
}

// Puts a sink of `make(inner, path)` in the place of each that is opened.
template <typename Make>
RepositoryDefect with_sink(const char* check, Make make) {
  return {check, [make](Repository& repository, auto&) {
            instead(repository.on_write,
                    [make](const auto& next, const CallContext& context, const auto& request) {
                      return make(next(context, request), request.path());
                    });
          }};
}

RepositoryDefect with_changed_path(const char* check, std::string (*change)(const std::string&)) {
  return {check, [change](Repository& repository, auto&) {
            before(repository.on_write,
                   [change](auto& request) { request.set_path(change(request.path())); });
          }};
}

template <typename Change>
RepositoryDefect with_changed_list(const char* check, Change change) {
  return {check, [change](Repository& repository, auto&) { after(repository.on_list, change); }};
}

// Files are written where they will stand.
RepositoryDefect in_place(const char* check) {
  return {check, [](Repository& repository, const std::string& folder) {
            repository.on_write = [folder](const auto&, const auto& request) {
              return in_place_sink(folder + "/" + request.path());
            };
          }};
}

// A file is emptied as soon as it is opened for writing.
RepositoryDefect truncating(const char* check) {
  return {check, [](Repository& repository, auto&) {
            instead(repository.on_write,
                    [](const auto& next, const CallContext& context, const auto& request) {
                      next(context, request)->commit();
                      return next(context, request);
                    });
          }};
}

RepositoryDefect hasty(const char* check) {
  return with_sink(check, [](auto inner, auto&) { return hasty_sink(std::move(inner)); });
}

void keep_the_older_file(Repository& repository) {
  instead(repository.on_write,
          [&repository](const auto& next, const CallContext& context, const auto& request) {
            return exists(repository, request.path()) ? forgetful_sink() : next(context, request);
          });
}

void remove_by_prefix(Repository& repository) {
  instead(repository.on_remove,
          [&repository](const auto& next, const CallContext& context, const auto& request) {
            const ArtifactListing beside = repository.on_list(context, at(folder_of(request.path())));
            for (const auto& file : beside.files()) {
              if (file.path().starts_with(request.path())) next(context, at(file.path()));
            }
            return v1::plugin::ArtifactRemoved();
          });
}

void refuse_to_remove_nothing(Repository& repository) {
  before(repository.on_remove, [&repository](const ArtifactPath& request) {
    if (!exists(repository, request.path())) throw_not_found("there is no such file");
  });
}

void know_own_files_only(Repository& repository) {
  const auto written = std::make_shared<Memory>();
  before(repository.on_write, [written](const auto& request) { written->is_new(request.path()); });
  before(repository.on_read, [written](const auto& request) {
    if (!written->knows(request.path())) throw_not_found("there is no such file");
  });
}

void list_recursively(Repository& repository) {
  instead(repository.on_list, [](const auto& next, const CallContext& context, const auto& request) {
    ArtifactListing listing = next(context, request);
    const ArtifactListing direct = listing;
    for (const auto& file : direct.files()) {
      if (file.is_dir()) listing.MergeFrom(next(context, at(file.path())));
    }
    return listing;
  });
}

void list_files_as_their_own_children(Repository& repository) {
  instead(repository.on_list, [](const auto& next, const CallContext& context, const auto& request) {
    ArtifactListing listing = next(context, request);
    const ArtifactListing beside = next(context, at(folder_of(request.path())));
    for (const auto& file : beside.files()) {
      if (listing.files().empty() && file.path() == request.path()) *listing.add_files() = file;
    }
    return listing;
  });
}

void list_by_prefix(Repository& repository) {
  instead(repository.on_list, [](const auto& next, const CallContext& context, const auto& request) {
    ArtifactListing listing = next(context, request);
    if (request.path().empty()) return listing;
    const ArtifactListing beside = next(context, at(folder_of(request.path())));
    for (const auto& file : beside.files()) {
      const bool longer = file.path().size() > request.path().size();
      if (longer && file.path().starts_with(request.path())) *listing.add_files() = file;
    }
    return listing;
  });
}

void remove_files_of_a_folder_only(Repository& repository) {
  instead(repository.on_remove,
          [&repository](const auto& next, const CallContext& context, const auto& request) {
            const ArtifactListing children = repository.on_list(context, request);
            for (const auto& file : children.files()) {
              if (!file.is_dir()) next(context, at(file.path()));
            }
            return children.files().empty() ? next(context, request) : v1::plugin::ArtifactRemoved();
          });
}

void join_in_order_of_arrival(Repository& repository) {
  const auto count = std::make_shared<std::atomic<int>>(0);
  before(repository.on_write_part, [count](auto& part) { part.set_part_number(++*count); });
}

void keep_first_parts(Repository& repository) {
  const auto seen = std::make_shared<Memory>();
  instead(repository.on_write_part, [seen](const auto& next, const CallContext& context, const auto& part) {
    const bool is_new = seen->is_new(part.upload_id() + std::to_string(part.part_number()));
    return is_new ? next(context, part) : forgetful_sink();
  });
}

void share_uploads(Repository& repository) {
  const auto uploads = std::make_shared<std::map<std::string, v1::plugin::MultipartUpload>>();
  instead(repository.on_begin_multipart,
          [uploads](const auto& next, const CallContext& context, const auto& request) {
            if (!uploads->contains(request.path())) (*uploads)[request.path()] = next(context, request);
            return uploads->at(request.path());
          });
}

void lose_some_files(Repository& repository) {
  const auto count = std::make_shared<std::atomic<int>>(0);
  instead(repository.on_write, [count](const auto& next, const CallContext& context, const auto& request) {
    return ++*count % 30 == 0 ? forgetful_sink() : next(context, request);
  });
}

void break_at_the_first_error(Repository& repository) {
  const auto broken = std::make_shared<std::atomic<bool>>(false);
  instead(repository.on_write, [broken](const auto& next, const CallContext& context, const auto& request) {
    if (*broken) throw Error(ErrorCode::kInternalError, "broken since an earlier error");
    return reporting_sink(next(context, request), [broken] { *broken = true; });
  });
}

std::vector<RepositoryDefect> file_defects() {
  return {
      with_changed_path("a file at the root comes back",
                        [](const std::string& path) {
                          return path.find('/') == std::string::npos ? "root/" + path : path;
                        }),
      with_changed_path("a file in nested folders comes back",
                        [](const std::string& path) { return path.substr(path.rfind('/') + 1); }),
      with_sink("an empty file comes back",
                [](auto inner, auto&) { return sink_without_empty_files(std::move(inner)); }),
      with_sink("bytes of every value come back",
                [](auto inner, auto&) {
                  return changing_sink(std::move(inner), [](std::string& bytes) {
                    const size_t end = bytes.find("\r\n");
                    if (end != std::string::npos) bytes.erase(end, 1);
                  });
                }),
      with_changed_path("names with blanks, signs and any script come back",
                        [](const std::string& path) { return percent_decode(path).value_or(path); }),
      {"an overwrite gives the newer content",
       [](Repository& repository, auto&) { keep_the_older_file(repository); }},
      {"reading what is not there is RESOURCE_DOES_NOT_EXIST",
       [](Repository& repository, auto&) {
         hide_error(repository.on_read, ErrorCode::kResourceDoesNotExist, [] { return text_source(""); });
       }},
      {"reading a folder is an error",
       [](Repository& repository, auto&) {
         hide_errors(repository.on_read, [] { return text_source(""); });
       }},
      {"a file is deleted and its neighbours stay",
       [](Repository& repository, auto&) { remove_by_prefix(repository); }},
      {"deleting what is not there is fine",
       [](Repository& repository, auto&) { refuse_to_remove_nothing(repository); }},
      {"a part of a file is read by offset and length",
       [](Repository& repository, auto&) {
         before(repository.on_read, [](auto& request) { request.clear_offset(); });
       }},
      {"a part that is asked for past the end stops there",
       [](Repository& repository, auto&) {
         before(repository.on_read, [](const auto& request) {
           if (request.length() > 10) throw_invalid_parameter("the file is shorter");
         });
       }},
      {"files are there when the repository is opened again",
       [](Repository& repository, auto&) { know_own_files_only(repository); }},
  };
}

std::vector<RepositoryDefect> folder_defects() {
  return {
      with_changed_list("a new repository is empty",
                        [](ArtifactListing& listing, auto&) { listing.add_files()->set_path(".index"); }),
      with_changed_list("the root lists its files and folders",
                        [](ArtifactListing& listing, const ArtifactPath& request) {
                          if (!request.path().empty()) return;
                          drop_if(*listing.mutable_files(), [](const auto& file) { return !file.is_dir(); });
                        }),
      {"a folder lists its direct children alone",
       [](Repository& repository, auto&) { list_recursively(repository); }},
      with_changed_list("a listing is sorted by path",
                        [](ArtifactListing& listing, auto&) {
                          std::reverse(listing.mutable_files()->begin(), listing.mutable_files()->end());
                        }),
      with_changed_list("a listing tells sizes and which are folders",
                        [](ArtifactListing& listing, auto&) {
                          for (auto& file : *listing.mutable_files()) file.clear_file_size();
                        }),
      {"the listing of a file is empty",
       [](Repository& repository, auto&) { list_files_as_their_own_children(repository); }},
      with_changed_list("the listing of what is not there is empty",
                        [](const ArtifactListing& listing, const ArtifactPath& request) {
                          if (listing.files().empty() && !request.path().empty())
                            throw_not_found("no such folder");
                        }),
      {"the beginning of a name is not taken for a folder",
       [](Repository& repository, auto&) { list_by_prefix(repository); }},
      {"a folder is deleted with all below it and nothing beside it",
       [](Repository& repository, auto&) { remove_files_of_a_folder_only(repository); }},
      {"deleting the root empties the repository",
       [](Repository& repository, auto&) {
         before(repository.on_remove, [](ArtifactPath& request) {
           if (request.path().empty()) request.set_path("nothing");
         });
       }},
      with_changed_list("a folder with thousands of files is listed whole",
                        [](ArtifactListing& listing, auto&) {
                          if (listing.files_size() > 1000)
                            listing.mutable_files()->DeleteSubrange(1000, listing.files_size() - 1000);
                        }),
      truncating("a file appears at its end and not before"),
      truncating("older content stays until an overwrite is at its end"),
      hasty("an upload that is given up leaves nothing"),
      hasty("an overwrite that is given up leaves the older content"),
  };
}

std::vector<RepositoryDefect> multipart_defects() {
  return {
      {"parts join in the order of their numbers",
       [](Repository& repository, auto&) { join_in_order_of_arrival(repository); }},
      {"of a part that is sent again the last counts",
       [](Repository& repository, auto&) { keep_first_parts(repository); }},
      with_changed_list("parts are not seen before the upload is complete",
                        [](ArtifactListing& listing, auto&) {
                          if (listing.files().empty()) listing.add_files()->set_path("big.part-1");
                        }),
      {"an aborted upload in parts leaves nothing",
       [](Repository& repository, auto&) {
         repository.on_abort_multipart = [](const auto&, const auto&) {
           return v1::plugin::ArtifactRemoved();
         };
       }},
      {"an upload that lacks a part is refused and the older file stays",
       [](Repository& repository, auto&) {
         before(repository.on_complete_multipart,
                [](auto& request) { request.mutable_parts()->DeleteSubrange(1, request.parts_size() - 1); });
       }},
      {"two uploads of one file do not mix",
       [](Repository& repository, auto&) { share_uploads(repository); }},
      {"operations of declared capabilities are there",
       [](Repository& repository, auto&) {
         repository.on_complete_multipart = [](const auto&, const auto&) -> v1::plugin::ArtifactWritten {
           throw_missing_capability("ArtifactRepository", "multipart");
         };
       }},
      {"operations of other capabilities answer NOT_IMPLEMENTED",
       [](Repository& repository, auto&) {
         repository.on_presign_read = [](const auto&, const auto&) { return v1::plugin::PresignedUrl(); };
       }},
  };
}

std::vector<RepositoryDefect> stress_defects_of_repositories() {
  return {
      with_sink("a file that finds the disk full is refused and not seen",
                [](auto inner, auto&) { return deaf_sink(std::move(inner)); }),
      truncating("an overwrite that finds the disk full leaves the older content"),
      {"a repository takes files again once there is space",
       [](Repository& repository, auto&) { break_at_the_first_error(repository); }},
      {"a file that may not be read is not told to be missing",
       [](Repository& repository, auto&) {
         hide_errors(repository.on_read,
                     []() -> std::unique_ptr<ByteSource> { throw_not_found("there is no such file"); });
       }},
      {"a folder that may not be listed is not told to be empty",
       [](Repository& repository, auto&) {
         hide_errors(repository.on_list, [] { return ArtifactListing(); });
       }},
      {"a change without permission is refused",
       [](Repository& repository, auto&) {
         hide_errors(repository.on_remove, [] { return v1::plugin::ArtifactRemoved(); });
       }},
      in_place("16 writers of one file leave one whole version"),
      {"16 writers into one new folder lose no file",
       [](Repository& repository, auto&) { lose_some_files(repository); }},
      in_place("readers of a file that is replaced see one whole version"),
      {"10,000 calls leave memory as it was",
       [](Repository& repository, auto&) { before(repository.on_list, [](const auto&) { leak_memory(); }); }},
      {"1,000 calls leave no descriptor open",
       [](Repository& repository, auto&) {
         before(repository.on_list, [](const auto&) { leak_descriptor(); });
       }},
      with_sink("an upload of 64 MiB is not held in memory",
                [](auto inner, auto&) { return holding_sink(std::move(inner)); }),
      {"a download of 64 MiB is not held in memory and comes back whole",
       [](Repository& repository, auto&) {
         instead(repository.on_read, [](const auto& next, const CallContext& context, const auto& request) {
           return holding_source(next(context, request));
         });
       }},
      {"files that were acknowledged survive SIGKILL",
       [](Repository& repository, auto&) {
         repository.on_write = [](const auto&, const auto&) { return forgetful_sink(); };
       }},
      in_place("a file that SIGKILL interrupts is not seen"),
      in_place("an overwrite that SIGKILL interrupts leaves a whole version"),
      {"a killed repository takes files again",
       [](Repository& repository, const std::string& folder) {
         if (!was_locked(folder)) return;
         before(repository.on_write, [](const auto&) {
           throw Error(ErrorCode::kTemporarilyUnavailable, "another process has the repository");
         });
       }},
  };
}

}  // namespace

std::vector<RepositoryDefect> repository_defects() {
  std::vector<RepositoryDefect> all;
  for (auto* part : {file_defects, folder_defects, multipart_defects, stress_defects_of_repositories}) {
    for (RepositoryDefect& defect : part()) all.push_back(std::move(defect));
  }
  return all;
}

}  // namespace millrace::conformance::testing
