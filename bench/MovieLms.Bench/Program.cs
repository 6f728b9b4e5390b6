using MovieLms.Bench.Api;

// One benchmark a name; each prints its own table. Figures compare only within one run on one machine.
return args switch
{
    ["api", .. var rest] => await ApiBench.RunAsync(rest),
    _ => Usage(),
};

static int Usage()
{
    Console.Error.WriteLine("""
        usage: dotnet run -c Release --project bench/MovieLms.Bench -- NAME

          api     requests a second of the REST API against a bare minimal API (needs wrk)
        """);
    return 2;
}
