# Files that several kinds have, or that stand elsewhere: destination below templates/plugin | source.

foreach(kind artifact_repository deployment_target)
  foreach(file files.h files.cpp)
    list(APPEND entries "cpp/${kind}/src/${file}|${templates}/cpp/shared/${file}")
  endforeach()
endforeach()
foreach(file artifacts.py folders.py)
  list(APPEND entries "python/artifact_repository/sample_plugin/${file}|${example}/${file}")
endforeach()
list(APPEND entries "licences/Apache-2.0|${ROOT}/LICENSE")
