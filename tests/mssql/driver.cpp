// An ODBC driver that takes T-SQL and has PostgreSQL run it, for tests: there is no SQL Server that could be
// started here. Each statement is sent to a translator (translator.py) that listens on a Unix socket, and
// what comes back goes to PostgreSQL's own driver, of which all else is. Errors come with SQL Server's
// numbers. The connection string names the socket: "Translator=/path".

#include <dlfcn.h>
#include <sql.h>
#include <sqlext.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <map>
#include <mutex>
#include <string>
#include <unordered_map>

namespace {

using Wide = std::basic_string<SQLWCHAR>;

void* postgres() {
  static void* const driver = dlopen(MILLRACE_PSQLODBC, RTLD_NOW | RTLD_LOCAL);
  return driver;
}

template <typename Function>
Function* real(const char* name) {
  return reinterpret_cast<Function*>(dlsym(postgres(), name));
}

struct Complaint {
  std::string state;
  int number;
  std::string text;
};

// What this driver itself has to say of a handle.
std::mutex g_mutex;
std::map<SQLHANDLE, Complaint> g_complaints;
std::map<SQLHANDLE, std::string> g_sockets;    // of connections
std::map<SQLHANDLE, SQLHANDLE> g_connections;  // of statements
std::unordered_map<std::string, std::string> g_translations;

Wide wide_of(const std::string& text) {
  Wide wide;
  for (size_t i = 0; i < text.size();) {
    const auto lead = static_cast<unsigned char>(text[i]);
    const size_t length = lead < 0x80 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
    char32_t code = length == 1 ? lead : lead & (0xFFU >> (length + 1));
    for (size_t k = 1; k < length && i + k < text.size(); ++k)
      code = (code << 6U) | (static_cast<unsigned char>(text[i + k]) & 0x3FU);
    i += length;
    if (code < 0x10000) {
      wide += static_cast<SQLWCHAR>(code);
    } else {
      wide += static_cast<SQLWCHAR>(0xD800 + ((code - 0x10000) >> 10U));
      wide += static_cast<SQLWCHAR>(0xDC00 + ((code - 0x10000) & 0x3FFU));
    }
  }
  return wide;
}

// Statements of the stores and connection strings are of the basic plane.
std::string utf8_of(const SQLWCHAR* text, SQLINTEGER length) {
  std::string utf8;
  for (SQLINTEGER i = 0; length == SQL_NTS ? text[i] != 0 : i < length; ++i) {
    const char32_t code = text[i];
    if (code < 0x80) {
      utf8 += static_cast<char>(code);
    } else if (code < 0x800) {
      utf8 += static_cast<char>(0xC0U | (code >> 6U));
      utf8 += static_cast<char>(0x80U | (code & 0x3FU));
    } else {
      utf8 += static_cast<char>(0xE0U | (code >> 12U));
      utf8 += static_cast<char>(0x80U | ((code >> 6U) & 0x3FU));
      utf8 += static_cast<char>(0x80U | (code & 0x3FU));
    }
  }
  return utf8;
}

// Asks the translator: a letter and the text; gives its answer, whose first letter is '=' when all is well.
std::string ask(const std::string& path, char kind, const std::string& text) {
  const int socket = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  path.copy(address.sun_path, sizeof address.sun_path - 1);
  std::string answer;
  if (connect(socket, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0) {
    const std::string question = kind + text;
    size_t sent = 0;
    while (sent < question.size()) {
      const ssize_t count = write(socket, question.data() + sent, question.size() - sent);
      if (count <= 0) break;
      sent += static_cast<size_t>(count);
    }
    shutdown(socket, SHUT_WR);
    char buffer[4096];
    for (ssize_t count = 0; (count = read(socket, buffer, sizeof buffer)) > 0;)
      answer.append(buffer, static_cast<size_t>(count));
  }
  close(socket);
  return answer.empty() ? "!08001 0 the translator does not answer" : answer;
}

// "!42000 102 what is wrong"
SQLRETURN complain(SQLHANDLE handle, const std::string& answer) {
  const size_t number = answer.find(' ');
  const size_t text = answer.find(' ', number + 1);
  const std::lock_guard lock(g_mutex);
  g_complaints[handle] = {answer.substr(1, number - 1), std::stoi(answer.substr(number + 1)),
                          answer.substr(text + 1)};
  return SQL_ERROR;
}

std::string translated(const std::string& socket, const std::string& sql) {
  {
    const std::lock_guard lock(g_mutex);
    const auto known = g_translations.find(sql);
    if (known != g_translations.end()) return known->second;
  }
  std::string answer = ask(socket, 'Q', sql);
  const std::lock_guard lock(g_mutex);
  if (g_translations.size() > 5000) g_translations.clear();
  return g_translations.emplace(sql, std::move(answer)).first->second;
}

std::string attribute(const std::string& string, const std::string& name) {
  const size_t at = string.find(name + "=");
  if (at == std::string::npos) return "";
  const size_t start = at + name.size() + 1;
  return string.substr(start, string.find(';', start) - start);
}

// SQL Server's numbers and states for PostgreSQL's.
struct Numbered {
  const char* state;
  const char* state_here;
  int number;
};
constexpr Numbered kNumbers[] = {{"23505", "23000", 2627}, {"23503", "23000", 547},  {"23502", "23000", 515},
                                 {"23514", "23000", 547},  {"40P01", "40001", 1205}, {"40001", "42000", 3960},
                                 {"22001", "22001", 2628}, {"22003", "22003", 8115}, {"57014", "HYT00", 0},
                                 {"57P01", "08S01", 0},    {"57P03", "08001", 0}};

}  // namespace

extern "C" {

SQLRETURN SQL_API SQLDriverConnectW(SQLHDBC connection, SQLHWND window, SQLWCHAR* text, SQLSMALLINT length,
                                    SQLWCHAR*, SQLSMALLINT, SQLSMALLINT*, SQLUSMALLINT) {
  const std::string string = utf8_of(text, length);
  const std::string socket = attribute(string, "Translator");
  const std::string answer = ask(socket, 'C', string);
  if (answer[0] != '=') return complain(connection, answer);
  Wide wide = wide_of(answer.substr(1));
  {
    const std::lock_guard lock(g_mutex);
    g_sockets[connection] = socket;
    g_complaints.erase(connection);
  }
  SQLSMALLINT ignored = 0;
  return real<decltype(SQLDriverConnectW)>("SQLDriverConnectW")(connection, window, wide.data(),
                                                                static_cast<SQLSMALLINT>(wide.size()),
                                                                nullptr, 0, &ignored, SQL_DRIVER_NOPROMPT);
}

SQLRETURN SQL_API SQLAllocHandle(SQLSMALLINT kind, SQLHANDLE parent, SQLHANDLE* handle) {
  const SQLRETURN told = real<decltype(SQLAllocHandle)>("SQLAllocHandle")(kind, parent, handle);
  if (kind != SQL_HANDLE_STMT || !SQL_SUCCEEDED(told)) return told;
  const std::lock_guard lock(g_mutex);
  g_connections[*handle] = parent;
  return told;
}

SQLRETURN SQL_API SQLExecDirectW(SQLHSTMT statement, SQLWCHAR* text, SQLINTEGER length) {
  std::string socket;
  {
    const std::lock_guard lock(g_mutex);
    g_complaints.erase(statement);
    socket = g_sockets[g_connections[statement]];
  }
  const std::string answer = translated(socket, utf8_of(text, length));
  if (answer[0] != '=') return complain(statement, answer);
  Wide wide = wide_of(answer.substr(1));
  return real<decltype(SQLExecDirectW)>("SQLExecDirectW")(statement, wide.data(),
                                                          static_cast<SQLINTEGER>(wide.size()));
}

SQLRETURN SQL_API SQLGetDiagRecW(SQLSMALLINT kind, SQLHANDLE handle, SQLSMALLINT record, SQLWCHAR* state,
                                 SQLINTEGER* native, SQLWCHAR* text, SQLSMALLINT size, SQLSMALLINT* length) {
  const std::lock_guard lock(g_mutex);
  const auto ours = g_complaints.find(handle);
  std::string told_state;
  if (ours != g_complaints.end()) {
    if (record != 1) return SQL_NO_DATA;
    const Wide wide = wide_of(ours->second.text);
    *native = ours->second.number;
    *length = static_cast<SQLSMALLINT>(wide.copy(text, static_cast<size_t>(size - 1)));
    text[*length] = 0;
    told_state = ours->second.state;
  } else {
    const SQLRETURN told = real<decltype(SQLGetDiagRecW)>("SQLGetDiagRecW")(kind, handle, record, state,
                                                                            native, text, size, length);
    if (!SQL_SUCCEEDED(told)) return told;
    told_state = utf8_of(state, 5);
    for (const Numbered& one : kNumbers) {
      if (told_state != one.state) continue;
      told_state = one.state_here;
      *native = one.number;
      break;
    }
  }
  for (size_t i = 0; i < 5; ++i) state[i] = static_cast<SQLWCHAR>(told_state[i]);
  state[5] = 0;
  return SQL_SUCCESS;
}

#define FORWARD(name, parameters, arguments)                    \
  SQLRETURN SQL_API name parameters {                           \
    return real<SQLRETURN SQL_API parameters>(#name) arguments; \
  }

FORWARD(SQLGetDiagFieldW,
        (SQLSMALLINT kind, SQLHANDLE handle, SQLSMALLINT record, SQLSMALLINT field, SQLPOINTER value,
         SQLSMALLINT size, SQLSMALLINT* length),
        (kind, handle, record, field, value, size, length))
FORWARD(SQLFreeHandle, (SQLSMALLINT kind, SQLHANDLE handle), (kind, handle))
FORWARD(SQLSetEnvAttr, (SQLHENV environment, SQLINTEGER attribute, SQLPOINTER value, SQLINTEGER length),
        (environment, attribute, value, length))
FORWARD(SQLGetEnvAttr,
        (SQLHENV environment, SQLINTEGER attribute, SQLPOINTER value, SQLINTEGER size, SQLINTEGER* length),
        (environment, attribute, value, size, length))
FORWARD(SQLDisconnect, (SQLHDBC connection), (connection))
FORWARD(SQLSetConnectAttrW, (SQLHDBC connection, SQLINTEGER attribute, SQLPOINTER value, SQLINTEGER length),
        (connection, attribute, value, length))
FORWARD(SQLGetConnectAttrW,
        (SQLHDBC connection, SQLINTEGER attribute, SQLPOINTER value, SQLINTEGER size, SQLINTEGER* length),
        (connection, attribute, value, size, length))
FORWARD(SQLGetInfoW,
        (SQLHDBC connection, SQLUSMALLINT kind, SQLPOINTER value, SQLSMALLINT size, SQLSMALLINT* length),
        (connection, kind, value, size, length))
FORWARD(SQLGetFunctions, (SQLHDBC connection, SQLUSMALLINT function, SQLUSMALLINT* supported),
        (connection, function, supported))
FORWARD(SQLEndTran, (SQLSMALLINT kind, SQLHANDLE handle, SQLSMALLINT end), (kind, handle, end))
FORWARD(SQLSetStmtAttrW, (SQLHSTMT statement, SQLINTEGER attribute, SQLPOINTER value, SQLINTEGER length),
        (statement, attribute, value, length))
FORWARD(SQLGetStmtAttrW,
        (SQLHSTMT statement, SQLINTEGER attribute, SQLPOINTER value, SQLINTEGER size, SQLINTEGER* length),
        (statement, attribute, value, size, length))
FORWARD(SQLBindParameter,
        (SQLHSTMT statement, SQLUSMALLINT number, SQLSMALLINT way, SQLSMALLINT c_type, SQLSMALLINT sql_type,
         SQLULEN size, SQLSMALLINT digits, SQLPOINTER value, SQLLEN length, SQLLEN* indicator),
        (statement, number, way, c_type, sql_type, size, digits, value, length, indicator))
FORWARD(SQLNumResultCols, (SQLHSTMT statement, SQLSMALLINT* columns), (statement, columns))
FORWARD(SQLDescribeColW,
        (SQLHSTMT statement, SQLUSMALLINT column, SQLWCHAR* name, SQLSMALLINT size, SQLSMALLINT* length,
         SQLSMALLINT* type, SQLULEN* width, SQLSMALLINT* digits, SQLSMALLINT* nullable),
        (statement, column, name, size, length, type, width, digits, nullable))
FORWARD(SQLFetch, (SQLHSTMT statement), (statement))
FORWARD(SQLGetData,
        (SQLHSTMT statement, SQLUSMALLINT column, SQLSMALLINT type, SQLPOINTER value, SQLLEN size,
         SQLLEN* length),
        (statement, column, type, value, size, length))
FORWARD(SQLRowCount, (SQLHSTMT statement, SQLLEN* rows), (statement, rows))
FORWARD(SQLMoreResults, (SQLHSTMT statement), (statement))
FORWARD(SQLFreeStmt, (SQLHSTMT statement, SQLUSMALLINT option), (statement, option))

}  // extern "C"
