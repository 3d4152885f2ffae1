# millrace_libarchive: the static libarchive and what it needs. The shared one needs a dozen other libraries, which every
# start of the program would load; of the static one only tar, gzip and ZIP are taken. Its object files refer to more than
# they use, which the linker has to drop; what its ZIP writer could encrypt with is of nettle.

find_package(LibArchive REQUIRED)
find_package(ZLIB REQUIRED)
find_library(MILLRACE_LIBARCHIVE_STATIC libarchive.a REQUIRED)
find_library(MILLRACE_NETTLE_STATIC libnettle.a REQUIRED)

add_library(millrace_libarchive INTERFACE)
target_include_directories(millrace_libarchive INTERFACE ${LibArchive_INCLUDE_DIRS})
target_link_libraries(millrace_libarchive INTERFACE
  ${MILLRACE_LIBARCHIVE_STATIC} ${MILLRACE_NETTLE_STATIC} ZLIB::ZLIB ${CMAKE_DL_LIBS})
target_link_options(millrace_libarchive INTERFACE -Wl,--gc-sections)
