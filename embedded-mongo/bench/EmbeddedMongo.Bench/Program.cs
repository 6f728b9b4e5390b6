using EmbeddedMongo.Bench;

return await MongoBench.RunAsync(args);
