#include <doctest/doctest.h>

#include <functional>

#include "base/error.h"
#include "sql/mssql/uri.h"
#include "sql/odbc/connection_string.h"

using namespace millrace;
using namespace millrace::sql;
using namespace millrace::sql::mssql;

namespace {

std::string string_of(const std::string& uri) {
  return std::string(parse_uri(uri).connection_string.reveal());
}

std::string message_of(const std::function<void()>& action) {
  try {
    action();
  } catch (const Error& error) {
    return error.what();
  }
  return "";
}

}  // namespace

TEST_CASE("URIs of SQL Server are told from others, whatever driver they name") {
  for (const char* uri : {"mssql://h/d", "mssql+pyodbc://h/d", "mssql+pymssql://h/d", "mssql+aioodbc://"})
    CHECK(is_mssql_uri(uri));
  for (const char* uri : {"mysql://h/d", "sqlserver://h", "mssql", "", "mssqlx://h/d"})
    CHECK_FALSE(is_mssql_uri(uri));
}

TEST_CASE("a URI of a server becomes a connection string as SQLAlchemy makes it") {
  const std::string uri =
      "mssql+pyodbc://us%40er:p%2Fw%25@db.example.com:1433/"
      "my%20runs?driver=ODBC+Driver+18+for+SQL+Server&Encrypt=yes&"
      "TrustServerCertificate=no";
  CHECK(string_of(uri) ==
        "Driver={ODBC Driver 18 for SQL Server};Server=db.example.com,1433;Database={my "
        "runs};UID={us@er};PWD={p/w%};"
        "Encrypt=yes;TrustServerCertificate=no;");
  CHECK(parse_uri(uri).label == "database 'my runs' of 'db.example.com'");
  CHECK(string_of("mssql://u:p@h/d?driver=FreeTDS") ==
        "Driver=FreeTDS;Server=h;TDS_Version=7.4;Database=d;UID=u;PWD=p;");
  CHECK(string_of("mssql://h/d?driver=X").find("Trusted_Connection=Yes") != std::string::npos);
  CHECK(string_of("mssql://h/d?driver=X&Authentication=ActiveDirectoryMsi").find("Trusted_") ==
        std::string::npos);
  CHECK(string_of("mssql+pyodbc://u:p@h/d?driver={ODBC Driver 17 for SQL Server}")
            .find("Driver={ODBC Driver 17 for SQL Server};") == 0);
}

TEST_CASE("a URI without a driver takes one that is installed") {
  CHECK(parse_uri("mssql+pymssql://u:p@h/d").driver != "");
}

TEST_CASE("a data source is named by the host alone or by an option") {
  CHECK(string_of("mssql+pyodbc://u:p@source") == "DSN=source;UID=u;PWD=p;");
  CHECK(string_of("mssql+pyodbc://u:p@/?dsn=my+source") == "DSN={my source};UID=u;PWD=p;");
  CHECK(parse_uri("mssql+pyodbc://u:p@source").label == "data source 'source'");
}

TEST_CASE("a whole connection string is taken as it is, and its password kept secret") {
  const odbc::Target target = parse_uri(
      "mssql+pyodbc:///"
      "?odbc_connect=Driver%3D%7BA+B%7D%3BServer%3Dh%2C1%3BDatabase%3Dd%3BUID%3Du%3BPWD%3D%7Bs%3Bx%7D%7D%7D");
  CHECK(target.connection_string.reveal() == "Driver={A B};Server=h,1;Database=d;UID=u;PWD={s;x}}};");
  CHECK(target.label == "database 'd' of 'h,1'");
  CHECK(target.driver == "A B");
  REQUIRE(target.secrets.size() == 1);
  CHECK(target.secrets[0].reveal() == "s;x}");
}

TEST_CASE("nothing in a URI begins an attribute of its own") {
  for (const char* uri :
       {"mssql://u:x%3BServer%3Devil@h/d?driver=X", "mssql://u:p@h/d%3BServer%3Devil?driver=X",
        "mssql://u%7D%3BServer%3Devil:p@h/d?driver=X", "mssql://u:p@h%3BServer%3Devil/d?driver=X",
        "mssql://u:p@h/d?driver=X&Encrypt=yes%3BServer%3Devil",
        "mssql://u:p@h/d?driver=X%7D%3BServer%3Devil%3BA%3D%7B"}) {
    CAPTURE(std::string(uri));
    const auto parsed = odbc::ConnectionString::parse(string_of(uri));
    CHECK(parsed.find("server")->substr(0, 1) == "h");
    int servers = 0;
    for (const auto& [name, value] : parsed.attributes()) servers += odbc::same_name(name, "server") ? 1 : 0;
    CHECK(servers == 1);
  }
}

TEST_CASE("time-outs are the server's own options") {
  const odbc::Target target = parse_uri("mssql://u:p@h/d?driver=X&login_timeout=3&query_timeout=120");
  CHECK(target.login_timeout.count() == 3);
  CHECK(target.query_timeout.count() == 120);
  CHECK(target.connection_string.reveal().find("timeout") == std::string::npos);
}

TEST_CASE("what a URI of SQL Server cannot say is told without what may be a password") {
  for (const char* uri :
       {"mssql:u:s3cr3t@h/d", "mssql://u:s3cr3t@h:x5/d", "mssql://u:s3cr3t%2@h/d", "mssql://u:p@s3cr3t@h/d",
        "mssql://u:s3cr3t@h/d?driver=X&s3cr3t%3B=1", "mssql://u:s3cr3t%00@h/d",
        "mssql://u:s3cr3t@a,b/d?driver=X", "mssql://u:s3cr3t@h/d?driver=X&query_timeout=soon",
        "mssql://u:s3cr3t@h/d?driver=X&Server=s3cr3t", "mssql://u:s3cr3t@/?driver=X",
        "mssql:///?odbc_connect=PWD%3Ds3cr3t%3BFileDSN%3Dx", "mssql://u:s3cr3t@h/d?driver=X&A=b%0Ac"}) {
    CAPTURE(std::string(uri));
    const std::string message = message_of([&] { parse_uri(uri); });
    CHECK(message.find("The URI of the SQL Server database") == 0);
    CHECK(message.find("s3cr3t") == std::string::npos);
  }
  CHECK(message_of([] { parse_uri("mssql:///?odbc_connect=s3cr3t"); }).find("The ODBC connection string") ==
        0);
}
