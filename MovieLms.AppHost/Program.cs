using MovieLms.AppHost;

var builder = DistributedApplication.CreateBuilder(args);

var deployment = Deployment.Of(builder);
builder.AddComputeEnvironment(deployment);
var backing = builder.AddBackingServices(deployment);
var admin = builder.AddFirstAdmin();
var tokenKey = builder.AddTokenKey();

var api = builder.AddProject<Projects.MovieLms_ApiService>("apiservice")
    .AsService(deployment, backing)
    .WithFirstAdmin(admin)
    .WithTokenKey(tokenKey)
    .WithExternalHttpEndpoints()
    .WithPage("/scalar", "API reference")
    .WithSampleImport(admin);
var publicUrl = builder.AddPublicUrl(deployment, api);
api.WithPublicUrl(publicUrl);

builder.AddProject<Projects.MovieLms_Worker>("worker")
    .AsService(deployment, backing)
    .NeedsApi(api)
    .WithPublicUrl(publicUrl)
    .WithExternalHttpEndpoints()
    .WithPage("/jobs", "Jobs");

builder.AddProject<Projects.MovieLms_Realtime>("realtime")
    .AsService(deployment, backing)
    .NeedsApi(api)
    .WithPublicUrl(publicUrl)
    .WithReplicas(2)
    .WithStickySessions(deployment)
    .WithExternalHttpEndpoints()
    .WithPage("/chat", "Chat");

builder.Build().Run();
