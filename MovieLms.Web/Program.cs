using MovieLms.ServiceDefaults;
using MovieLms.Web.Gateway;
using MovieLms.Web.Pages;

var builder = WebApplication.CreateBuilder(args);
builder.AddHostDefaults();
builder.AddPages();
builder.AddGateway();

var app = builder.Build();
app.UseHostDefaults();
app.MapPages(hasMail: GatewayRoutes.HasMail(app.Configuration));
app.MapGateway();
await app.RunAsync();
