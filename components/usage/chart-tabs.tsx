"use client";

import { type ReactNode, useState } from "react";
import { Tab, TabList, TabPanel, Tabs } from "@/components/ui/tabs";

/** The same numbers as a picture and as a table. */
export function ChartTabs({ chart, table }: { chart: ReactNode; table: ReactNode }) {
  const [shown, setShown] = useState("chart");
  return (
    <Tabs value={shown} onValueChange={setShown}>
      <TabList label="Show the requests as">
        <Tab value="chart">Chart</Tab>
        <Tab value="table">Table</Tab>
      </TabList>
      <TabPanel value="chart">{chart}</TabPanel>
      <TabPanel value="table">{table}</TabPanel>
    </Tabs>
  );
}
