using MovieLms.Realtime;
using MovieLms.ServiceDefaults;

var builder = WebApplication.CreateBuilder(args);
builder.AddServiceDefaults();
builder.AddRealtime();

var app = builder.Build();
app.UseServiceDefaults();
app.MapRealtime();
await app.RunAsync();
