using MovieLms.Standalone;

NativeHeap.Limit();
return await StandaloneCommand.InvokeAsync(args, StandaloneRunner.RunAsync);
