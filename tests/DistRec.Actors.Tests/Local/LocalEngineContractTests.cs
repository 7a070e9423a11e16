using DistRec.Contracts;

namespace DistRec.Actors.Tests.Local;

public sealed class LocalActorContractTests : ActorContract
{
    protected override Task<EngineUnderTest> StartEngineAsync(EngineSettings settings) =>
        Task.FromResult(new EngineUnderTest(new LocalActorSystem(new LocalActorSystemOptions
        {
            Time = settings.Time,
            MessageSizeLimit = settings.MessageSizeLimit,
            SendTimeout = settings.SendTimeout,
            ComputeThreads = 2,
        })));
}

public sealed class LocalBlockExchangeContractTests : BlockExchangeContract
{
    protected override Task<ExchangeUnderTest> StartExchangeAsync()
    {
        LocalBlockExchange exchange = new();
        return Task.FromResult(new ExchangeUnderTest(exchange, exchange, new ActorAddress("owner", 0), () =>
        {
            exchange.Dispose();
            return ValueTask.CompletedTask;
        }));
    }
}
