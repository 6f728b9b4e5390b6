export const up = async (db) => {
  await db.collection('movies').updateMany({}, [{ $set: { decade: { $subtract: ['$year', { $mod: ['$year', 10] }] } } }]);
};

export const down = async (db) => {
  await db.collection('movies').updateMany({}, { $unset: { decade: '' } });
};
