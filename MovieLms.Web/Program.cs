using Microsoft.Extensions.Diagnostics.HealthChecks;
using MovieLms.ServiceDefaults;
using MovieLms.ServiceDefaults.Mongo;
using MovieLms.Web.Gateway;
using MovieLms.Web.Pages;
using MovieLms.Web.Session;

var builder = WebApplication.CreateBuilder(args);
builder.AddHostDefaults();
builder.AddMongo(HealthStatus.Degraded);
builder.AddSessions();
builder.AddPages();
builder.AddGateway();

var app = builder.Build();
app.UseHostDefaults(beforeAccess: VisitorSessionExtensions.UseSessions);
app.MapPages(hasMail: GatewayRoutes.HasMail(app.Configuration));
app.MapGateway();
await app.RunAsync();
