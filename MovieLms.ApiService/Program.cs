using MovieLms.ApiService;
using MovieLms.ApiService.Maintenance;
using MovieLms.Application.Maintenance;
using MovieLms.ServiceDefaults;

if (DatabaseCommand.IsRequested(args))
    return await DatabaseCommand.RunAsync(args);
var builder = WebApplication.CreateBuilder(args);
builder.AddServiceDefaults();
builder.AddMaintenance(args, ApiMaintenance.Commands);
builder.AddApi();

var app = builder.Build();
app.UseServiceDefaults();
app.MapApi();
return await app.RunAsync(args, ApiMaintenance.Commands);
