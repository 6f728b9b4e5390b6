using MovieLms.Worker;
using MovieLms.ServiceDefaults;

var builder = WebApplication.CreateBuilder(args);
builder.AddServiceDefaults();
builder.AddWorker();

var app = builder.Build();
app.UseServiceDefaults();
app.MapWorker();
await app.RunAsync();
