# Compiler cache, linker and warning flags that hold for every target of the project.

find_program(CCACHE_PROGRAM ccache)
if(CCACHE_PROGRAM)
  set(CMAKE_CXX_COMPILER_LAUNCHER ${CCACHE_PROGRAM})
endif()

find_program(MOLD_PROGRAM mold)
if(MOLD_PROGRAM)
  add_link_options(-fuse-ld=mold)
endif()

# Lines and functions in stack traces; the rest of what -g writes costs a quarter of the time of a build.
set(CMAKE_CXX_FLAGS_RELWITHDEBINFO "-O2 -g1 -DNDEBUG")

# What libraries define stays theirs. Otherwise the linker moves variables as std::cout and environ into the program, and a
# plugin in this process, which resolves its names in its own libraries first, sees others that nobody has initialised.
if(CMAKE_CXX_COMPILER_ID STREQUAL GNU)
  add_compile_options(-mno-direct-extern-access)
  add_link_options($<$<STREQUAL:$<TARGET_PROPERTY:TYPE>,EXECUTABLE>:-Wl,-z,nocopyreloc>)
endif()

set(MILLRACE_SANITIZE "" CACHE STRING "Sanitizers to build with, e.g. address,undefined or thread")
if(MILLRACE_SANITIZE)
  add_compile_definitions(MILLRACE_SANITIZED)
  add_compile_options(-g1 -fsanitize=${MILLRACE_SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=all)
  add_link_options(-fsanitize=${MILLRACE_SANITIZE})
  if(MILLRACE_SANITIZE STREQUAL "thread")
    # Asio has fences that the thread sanitizer does not see; GCC warns of each.
    add_compile_options(-Wno-tsan)
  endif()
endif()

set(MILLRACE_WARNINGS -Wall -Wextra -Wpedantic -Wshadow -Wnon-virtual-dtor -Woverloaded-virtual -Werror)
