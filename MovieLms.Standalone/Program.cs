using MovieLms.Standalone;

return await StandaloneCommand.InvokeAsync(args, StandaloneRunner.RunAsync);
