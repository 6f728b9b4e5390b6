using MovieLms.ApiService;
using MovieLms.ServiceDefaults;

if (DatabaseCommand.IsRequested(args)) return await DatabaseCommand.RunAsync(args);
var builder = WebApplication.CreateBuilder(args);
builder.AddServiceDefaults();
builder.AddApi();

var app = builder.Build();
app.UseServiceDefaults();
app.MapApi();
await app.RunAsync();
return 0;
