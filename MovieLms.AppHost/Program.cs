using MovieLms.AppHost;
using MovieLms.AppHost.Backing;
using MovieLms.AppHost.Commands;
using MovieLms.AppHost.Parameters;

DeveloperCertificate.FallBackToHttp(Console.Error);
var builder = DistributedApplication.CreateBuilder(args);

var options = AppHostOptions.Read(builder);
builder.AddComputeEnvironment(options);
var backing = builder.AddBackingServices(options);
builder.AddDatabaseSteps(options, backing);
var administrator = builder.AddAdministrator();
var tokenKey = builder.AddTokenKey();

var api = builder
    .AddProject<Projects.MovieLms_ApiService>("apiservice")
    .AsService(options, backing)
    .WithLimits(options)
    .WithAdministrator(administrator)
    .WithTokenKey(tokenKey)
    .WithIconName("CodeBlock");

var worker = builder
    .AddProject<Projects.MovieLms_Worker>("worker")
    .AsService(options, backing)
    .WithLimits(options)
    .WithApi(api)
    .WithIconName("ArrowSync");

var realtime = builder
    .AddProject<Projects.MovieLms_Realtime>("realtime")
    .AsService(options, backing)
    .WithLimits(options)
    .WithApi(api)
    .WithIconName("Chat");

var web = builder
    .AddProject<Projects.MovieLms_Web>("web")
    .AsGateway(options, backing, api, worker, realtime)
    .WithLimits(options)
    .WithIconName("Globe");

var publicUrl = builder.GetPublicUrl(options, web);
foreach (var service in new[] { api, worker, realtime, web })
    service.WithPublicUrl(publicUrl);

builder.AddCommands(options, backing, administrator, api, worker, web);
builder.AnnounceBacking(options);
builder.Build().Run();
