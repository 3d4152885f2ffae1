# millrace_fuzzer(NAME SOURCES ... DEPENDS ...): a libFuzzer program, built when MILLRACE_FUZZ is on (clang only). The
# libraries are built with coverage too, so that the fuzzer sees into them; the preset asan has it on, so that one build
# serves the tests with sanitizers and the fuzzers.

option(MILLRACE_FUZZ "Build the fuzzers; needs clang" OFF)
if(MILLRACE_FUZZ)
  add_compile_options(-fsanitize=fuzzer-no-link)
  add_custom_target(fuzzers)
endif()

function(millrace_fuzzer name)
  cmake_parse_arguments(ARG "" "" "SOURCES;DEPENDS" ${ARGN})
  if(NOT MILLRACE_FUZZ)
    return()
  endif()
  add_executable(${name} EXCLUDE_FROM_ALL ${ARG_SOURCES})
  target_link_libraries(${name} PRIVATE ${ARG_DEPENDS})
  target_link_options(${name} PRIVATE -fsanitize=fuzzer)
  add_dependencies(fuzzers ${name})
endfunction()
