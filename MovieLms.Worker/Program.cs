using MovieLms.ServiceDefaults;
using MovieLms.Worker;

var builder = WebApplication.CreateBuilder(args);
builder.AddServiceDefaults();
builder.AddWorker();

var app = builder.Build();
BackgroundPriority.Take(app.Logger);
app.UseServiceDefaults();
app.MapWorker();
await app.RunAsync();
