using MovieLms.Bench.Api;
using MovieLms.Bench.Chaos;
using MovieLms.Bench.Chat;
using MovieLms.Bench.Identity;
using MovieLms.Bench.Imports;

// One benchmark a name; each prints its own table. Figures compare only within one run on one machine.
return args switch
{
    ["api", .. var rest] => await ApiBench.RunAsync(rest),
    ["identity", .. var rest] => await IdentityBench.RunAsync(rest),
    ["import", .. var rest] => await ImportBench.RunAsync(rest),
    ["chaos", .. var rest] => await ChaosBench.RunAsync(rest),
    ["chat", .. var rest] => await ChatBench.RunAsync(rest),
    [ChatNode.Name, .. var rest] => await ChatNode.RunAsync(rest),
    _ => Usage(),
};

static int Usage()
{
    Console.Error.WriteLine(
        """
        usage: dotnet run -c Release --project bench/MovieLms.Bench -- NAME

          chaos   how the death of each process is felt, and for how long; names of processes measure only those
          chat    fan-out to a room of 100 and the memory of 5,000 idle connections, beside a bare hub; fan-out or idle for one alone
          api     the REST API's rates, processor time and allocated bytes per request; --against CHECKOUT compares two builds (needs wrk)
          import  500,000 to-dos through upload, worker and embedded database, beside a bare insert loop; a number for other rows
          identity  a cached read while 50 sign-ins are under way, and what validating its token costs (needs wrk)
        """
    );
    return 2;
}
