using MovieLms.Application.Maintenance;
using MovieLms.ServiceDefaults;
using MovieLms.Worker;
using MovieLms.Worker.Maintenance;

var builder = WebApplication.CreateBuilder(args);
builder.AddServiceDefaults();
builder.AddMaintenance(args, WorkerMaintenance.Commands);
builder.AddWorker();

var app = builder.Build();
BackgroundPriority.Lower(app);
app.UseServiceDefaults();
app.MapWorker();
return await app.RunAsync(args, WorkerMaintenance.Commands);
