using EmbeddedMongo;

// A server in a process of its own, for tests that kill it: the data folder is the only argument, the connection string the only output.
try
{
    await using var server = await EmbeddedMongoServer.StartAsync(new EmbeddedMongoOptions { DataDirectory = args.FirstOrDefault() });
    Console.WriteLine(server.ConnectionString);
    await Console.In.ReadToEndAsync();
    return 0;
}
catch (EmbeddedMongoException error)
{
    await Console.Error.WriteLineAsync(error.Message);
    return 1;
}
