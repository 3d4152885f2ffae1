#include "server/built_ins.h"

namespace millrace::server {

std::vector<plugin::ProvidedName> built_in_names() {
  using plugin::Kind;
  return {
      {Kind::kTrackingStore, "sqlite"},     {Kind::kRegistryStore, "sqlite"},
      {Kind::kTrackingStore, "postgresql"}, {Kind::kRegistryStore, "postgresql"},
      {Kind::kTrackingStore, "postgres"},   {Kind::kRegistryStore, "postgres"},
      {Kind::kTrackingStore, "mysql"},      {Kind::kRegistryStore, "mysql"},
      {Kind::kTrackingStore, "mariadb"},    {Kind::kRegistryStore, "mariadb"},
      {Kind::kTrackingStore, "mssql"},      {Kind::kRegistryStore, "mssql"},
      {Kind::kTrackingStore, ""},           {Kind::kRegistryStore, ""},  // plain paths
      {Kind::kTrackingStore, "file"},       {Kind::kRegistryStore, "file"},
      {Kind::kArtifactRepository, ""},  // plain paths
      {Kind::kArtifactRepository, "file"},  {Kind::kArtifactRepository, "mlflow-artifacts"},
      {Kind::kArtifactRepository, "http"},  {Kind::kArtifactRepository, "https"},
  };
}

}  // namespace millrace::server
