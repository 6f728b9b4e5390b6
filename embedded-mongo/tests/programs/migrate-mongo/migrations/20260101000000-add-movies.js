export const up = async (db) => {
  await db.collection('movies').insertMany([{ title: 'Metropolis', year: 1927 }, { title: 'M', year: 1931 }]);
};

export const down = async (db) => {
  await db.dropCollection('movies');
};
