using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using DistRec.Bits;

// Prints which vectors the runtime uses and a SHA-256 of what every kernel computes, a line each. DistRec.Models.Tests runs
// this under every width that the runtime can be held to and expects the same hashes.
Console.WriteLine(
    $"vectors 512:{Vector512.IsHardwareAccelerated} 256:{Vector256.IsHardwareAccelerated} 128:{Vector128.IsHardwareAccelerated} fma:{Fma.IsSupported}");
foreach ((string kernel, string hash) in NumericsBits.Compute().Concat(ModelBits.Compute()).Concat(FeatureBits.Compute()))
{
    Console.WriteLine($"{kernel} {hash}");
}
