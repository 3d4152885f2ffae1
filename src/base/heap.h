#pragma once

namespace millrace {

/// Sets the heap up for a program whose pieces of files and messages, 1 MiB and a head at most, come and go
/// all the time: by default glibc maps large ones anew each time and gives freed memory back above 128 KB,
/// and each page that is fetched again costs more than what is done with it. Up to 4 MB a heap stay free for
/// the next. To be called before threads are started; does nothing with other C libraries.
void keep_freed_memory() noexcept;

}  // namespace millrace
