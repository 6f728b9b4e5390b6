using EmbeddedMongo;

// Runs a server in a separate process for tests that kill it. Takes the data folder as its argument and prints the connection string.
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
