// Runs once, when the MongoDB image initializes an empty volume. The services use this user, which can read and write
// their own database (and create its indexes) but administer nothing.
db.getSiblingDB('movielms').createUser({
  user: 'movielms',
  pwd: process.env.MOVIELMS_PASSWORD,
  roles: [{ role: 'readWrite', db: 'movielms' }],
});
