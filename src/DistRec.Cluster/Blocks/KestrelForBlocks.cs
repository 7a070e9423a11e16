using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.DependencyInjection;

namespace DistRec.Cluster.Blocks;

/// <summary>Sets Kestrel up for streams of hundreds of megabytes.</summary>
public static class KestrelForBlocks
{
    // Kestrel's 64 KiB by default make a writer wait for its reader at every turn.
    private const long SendBufferBytes = 1024 * 1024;

    /// <summary>Enlarges what may wait to be sent on a connection, and leaves out headers that no node reads.</summary>
    public static IWebHostBuilder TuneForBlocks(this IWebHostBuilder host)
    {
        ArgumentNullException.ThrowIfNull(host);
        return host.ConfigureServices(services => services
            .Configure<KestrelServerOptions>(options =>
            {
                options.AddServerHeader = false;
                options.Limits.MaxResponseBufferSize = SendBufferBytes;
            })
            .Configure<SocketTransportOptions>(options => options.MaxWriteBufferSize = SendBufferBytes));
    }
}
