var builder = WebApplication.CreateBuilder(args);

var app = builder.Build();
app.MapGet("/alive", () => "Healthy");
await app.RunAsync();
