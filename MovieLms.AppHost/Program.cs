using MovieLms.AppHost;

var builder = DistributedApplication.CreateBuilder(args);

var mongodb = builder.AddMovieDatabase();
var redis = builder.AddMovieCache();
var mail = builder.AddMailCatcher();

var api = builder.AddProject<Projects.MovieLms_ApiService>("apiservice")
    .AsService(mongodb, redis, mail)
    .WithExternalHttpEndpoints()
    .WithUrlForEndpoint("http", _ => new() { Url = "/scalar", DisplayText = "API reference" });

builder.AddProject<Projects.MovieLms_Worker>("worker")
    .AsService(mongodb, redis, mail)
    .WithReference(api).WaitFor(api);

builder.AddProject<Projects.MovieLms_Realtime>("realtime")
    .AsService(mongodb, redis, mail)
    .WithReference(api).WaitFor(api)
    .WithReplicas(2)
    .WithExternalHttpEndpoints();

builder.Build().Run();
