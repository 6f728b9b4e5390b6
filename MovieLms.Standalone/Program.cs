using MovieLms.ApiService;
using MovieLms.Realtime;
using MovieLms.ServiceDefaults;
using MovieLms.Worker;

var builder = WebApplication.CreateBuilder(args);
builder.AddServiceDefaults();
builder.AddApi();
builder.AddWorker();
builder.AddRealtime();

var app = builder.Build();
app.UseServiceDefaults();
app.MapApi();
app.MapWorker();
app.MapRealtime();
await app.RunAsync();
