export default {
  mongodb: { url: process.env.MIGRATE_MONGO_URL, databaseName: 'migrate-mongo' },
  migrationsDir: 'migrations',
  changelogCollectionName: 'changelog',
  lockCollectionName: 'changelog_lock',
  lockTtl: 60,
  migrationFileExtension: '.js',
  moduleSystem: 'esm',
};
