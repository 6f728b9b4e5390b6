using MovieLms.ApiService;
using MovieLms.ServiceDefaults;

var builder = WebApplication.CreateBuilder(args);
builder.AddServiceDefaults();
builder.AddApi();

var app = builder.Build();
app.UseServiceDefaults();
app.MapApi();
await app.RunAsync();
