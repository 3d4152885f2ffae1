#include <algorithm>
#include <array>
#include <cctype>
#include <sstream>

#include "base/error.h"
#include "cli/plugin_scaffold.h"
#include "plugin/manifest_names.h"
#include "plugin/scheme.h"

namespace millrace::cli {
namespace {

// Packages of these names would hide one that Python or the plugin needs: its keywords, its library of 3.9 to
// 3.13, what plugins are built and tested with, and the other folders of a plugin.
constexpr std::string_view kTakenModules =
    " and as assert async await break class continue def del elif else except finally for from global if "
    "import in "
    "is lambda nonlocal not or pass raise return try while with yield match case type none true false "
    "abc aifc annotationlib argparse array ast asyncio atexit audioop base64 bdb binascii binhex bisect "
    "builtins bz2 "
    "calendar cgi cgitb chunk cmath cmd code codecs codeop collections colorsys compileall compression "
    "concurrent "
    "configparser contextlib contextvars copy copyreg crypt csv ctypes curses dataclasses datetime dbm "
    "decimal "
    "difflib dis distutils doctest email encodings ensurepip enum errno faulthandler fcntl filecmp fileinput "
    "fnmatch "
    "formatter fractions ftplib functools gc genericpath getopt getpass gettext glob graphlib grp gzip "
    "hashlib heapq "
    "hmac html http imaplib imghdr imp importlib inspect io ipaddress itertools json keyword linecache "
    "locale "
    "logging lzma mailbox mailcap marshal math mimetypes mmap modulefinder msilib multiprocessing netrc nis "
    "nntplib "
    "ntpath numbers opcode operator optparse os ossaudiodev parser pathlib pdb pickle pickletools pipes "
    "pkgutil "
    "platform plistlib poplib posix posixpath pprint profile pstats pty pwd py_compile pyclbr pydoc "
    "pydoc_data "
    "pyexpat queue quopri random re readline reprlib resource rlcompleter runpy sched secrets select "
    "selectors "
    "shelve shlex shutil signal site smtpd smtplib sndhdr socket socketserver spwd sqlite3 ssl stat "
    "statistics "
    "string stringprep struct subprocess sunau symbol symtable sys sysconfig syslog tabnanny tarfile "
    "telnetlib "
    "tempfile termios test textwrap this threading time timeit tkinter token tokenize tomllib trace "
    "traceback "
    "tracemalloc tty turtle types typing unicodedata unittest urllib uu uuid venv warnings wave weakref "
    "webbrowser "
    "winreg winsound wsgiref xdrlib xml xmlrpc zipapp zipfile zipimport zlib zoneinfo "
    "google millrace pytest tests docs examples ";

// Targets that CMake has by itself.
constexpr std::array<std::string_view, 7> kTakenTargets{"all",     "clean", "depend", "help",
                                                        "install", "test",  "package"};

std::string module_of(const std::string& id) {
  std::string module = id;
  std::replace(module.begin(), module.end(), '-', '_');
  return module;
}

// "AcmeOss" of "acme-oss".
std::string words_joined(const std::string& id) {
  std::istringstream words(id);
  std::string joined;
  for (std::string word; std::getline(words, word, '-');) {
    if (word.empty()) continue;
    word.front() = static_cast<char>(std::toupper(static_cast<unsigned char>(word.front())));
    joined += word;
  }
  return joined;
}

std::string with_ending(const std::string& text, std::string_view ending) {
  return text.ends_with(ending) ? text : text + std::string(ending);
}

std::string upper(std::string text) {
  for (char& c : text) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  return text;
}

bool is_taken(const ScaffoldRequest& request) {
  if (request.language == PluginLanguage::kPython) {
    return kTakenModules.find(" " + module_of(request.id) + " ") != std::string_view::npos;
  }
  return std::find(kTakenTargets.begin(), kTakenTargets.end(), request.id) != kTakenTargets.end();
}

void check_id(const ScaffoldRequest& request) {
  const std::string& id = request.id;
  if (!plugin::is_plugin_id(id) || std::isdigit(static_cast<unsigned char>(id.front())) != 0) {
    throw_invalid_parameter("'" + id +
                            "' cannot be the name of a plugin: lower case letters, digits and '-', " +
                            "a letter first, " + std::to_string(plugin::kLongestPluginId) +
                            " characters at most, like acme-oss.");
  }
  if (is_taken(request)) {
    throw_invalid_parameter("'" + id +
                            "' cannot be the name of a plugin in this language, which has something " +
                            "of that name itself. Take a name of several words, like acme-" + id + ".");
  }
}

std::string provided_name(const ScaffoldRequest& request) {
  const std::string name = request.provided.empty() ? request.id : request.provided;
  const std::string kind = "kind " + std::string(plugin::kind_name(request.kind));
  if (!plugin::chosen_by_scheme(request.kind)) {
    if (plugin::is_provider_name(name)) return name;
    throw_invalid_parameter("'" + name + "' cannot be a name for the " + kind +
                            ": letters, digits, '_', '-' and '.', a letter or digit first.");
  }
  if (plugin::is_scheme(name)) return plugin::to_lower(name);
  throw_invalid_parameter(
      "'" + name + "' cannot be a scheme for the " + kind +
      ": letters, digits, '+', '-' and '.', a letter first, two characters at least, without "
      "':'. Name one with --scheme.");
}

}  // namespace

ScaffoldNames scaffold_names(const ScaffoldRequest& request) {
  check_id(request);
  ScaffoldNames names;
  names.id = request.id;
  names.provided = provided_name(request);
  names.module = module_of(request.id);
  names.variables = upper(names.module);
  // The ending keeps names of the C library and of this SDK free: namespace index, class Error.
  names.type = with_ending(words_joined(request.id), "Plugin");
  if (request.language == PluginLanguage::kCpp) names.module = with_ending(names.module, "_plugin");
  return names;
}

}  // namespace millrace::cli
