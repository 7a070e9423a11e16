using BenchmarkDotNet.Running;

// dotnet run -c Release --project tests/DistRec.Benchmarks -- --filter '*' --job short
BenchmarkSwitcher.FromAssembly(typeof(DistRec.Benchmarks.Numbers).Assembly).Run(args);
